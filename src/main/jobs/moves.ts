import type { JobState } from '@shared/domain/run';
import type { JobPatch, JobRecord } from '../db/jobs';
import { getJob, updateJob } from '../db/jobs';
import type { WritableDb } from '../db/handle';
import { checkMove, isFinal } from './transitions';

/**
 * Changes a job's state if the table of transitions allows it. A job that leaves the worker gives
 * its lease back; note and error are cleared unless given.
 * @returns the job as stored now
 * @throws LabError `conflict` for a change that is not allowed, `not-found`
 */
export function moveJob(
  db: WritableDb,
  id: number,
  to: JobState,
  patch: Omit<JobPatch, 'state'> = {},
): JobRecord {
  return db.transaction(() => {
    const job = getJob(db, id);
    checkMove(job.title, job.state, to);
    const holdsWorker = to === 'running' || to === 'paused';
    updateJob(db, id, {
      note: null,
      error: null,
      ...(holdsWorker ? {} : { lease: null, heartbeatMs: null }),
      ...(isFinal(to) || to === 'interrupted' ? { endedAtMs: Date.now() } : {}),
      ...(to === 'queued' ? { endedAtMs: null } : {}),
      ...patch,
      state: to,
    });
    return getJob(db, id);
  });
}
