import type { Warning } from '@shared/domain/run';
import { withCrossFlags } from '@shared/study/cross-flags';
import type { ReadableDb } from '../db/handle';
import { getJob, listJobsOfRun } from '../db/jobs';
import { listJobWarnings } from '../db/results';
import { attacksOf } from './load';

/**
 * What the worker warned of while it worked on a job, and for an attack also what only shows beside
 * the run's other attacks, which may have come later.
 * @throws LabError `not-found`
 */
export function warningsOfJob(db: ReadableDb, jobId: number): Warning[] {
  const job = getJob(db, jobId);
  if (job.spec.kind !== 'attack') return listJobWarnings(db, jobId);
  const attacks = withCrossFlags(attacksOf(db, listJobsOfRun(db, job.runId), job.spec.side));
  const own = attacks.find((attack) => attack.jobId === jobId);
  // An older batch with the same settings stands behind its newer self and is compared with nothing.
  return own ? [...own.warnings] : listJobWarnings(db, jobId);
}
