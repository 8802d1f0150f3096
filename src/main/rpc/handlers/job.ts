import type { Job } from '@shared/domain/run';
import type { JobRecord } from '../../db/jobs';
import { getJob, listJobs, toJob } from '../../db/jobs';
import { listAttacks, listNorms, listScores, listTraces } from '../../db/results';
import { warningsOfJob } from '../../study/job-warnings';
import type { JobRunner } from '../../jobs/runner';
import type { LabContext, NounHandlers } from '../context';
import { ok, opened } from '../context';

const control =
  (action: (runner: JobRunner, id: number) => JobRecord) =>
  (context: LabContext, { id }: { id: number }): Job =>
    toJob(action(opened(context).runner, id));

export const jobHandlers: NounHandlers<'job'> = {
  'job.list': (context) => listJobs(opened(context).db).map(toJob),
  'job.get': (context, { id }) => toJob(getJob(opened(context).db, id)),
  'job.pause': control((runner, id) => runner.pause(id)),
  'job.resume': control((runner, id) => runner.resume(id)),
  'job.stop': control((runner, id) => runner.stop(id)),
  'job.stopAfterEpoch': control((runner, id) => runner.stopAfterEpoch(id)),
  'job.cancel': control((runner, id) => runner.cancel(id)),
  'job.move': (context, { id, before }) => {
    opened(context).runner.reorder(id, before);
    return ok;
  },
  'job.scores': (context, { id }) => listScores(opened(context).db, id),
  'job.attacks': (context, { id }) => listAttacks(opened(context).db, id),
  'job.traces': (context, { id }) => listTraces(opened(context).db, id),
  'job.norms': (context, { id }) => listNorms(opened(context).db, id),
  'job.warnings': (context, { id }) => warningsOfJob(opened(context).db, id),
};
