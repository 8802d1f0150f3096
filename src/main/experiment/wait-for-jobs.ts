import { LabError } from '@shared/errors';
import type { Job, JobProgress, JobState } from '@shared/domain/run';
import type { RpcClient } from '@shared/rpc';

/** What is told while jobs run. Calls come in order; the last one for a job has a settled state. */
export interface JobView {
  changed(job: Job): void;
  progress(job: Job, progress: JobProgress): void;
}

/** States in which nothing more happens by itself. */
const settled: readonly JobState[] = ['done', 'failed', 'cancelled', 'interrupted', 'paused'];

/** How long a job may take to save its state after it was asked to pause. */
const pauseWithinMs = 60_000;

/**
 * Waits until every job is done, telling `view` on the way.
 * @param signal aborting it pauses what runs (its state is saved first) and ends the waiting
 * @returns the jobs in the order of `jobIds`, all done
 * @throws LabError of the first job that failed, was cancelled, paused or interrupted; `cancelled`
 *   after `signal`
 */
export async function waitForJobs(
  lab: RpcClient,
  jobIds: readonly number[],
  options: { view?: JobView; signal?: AbortSignal } = {},
): Promise<Job[]> {
  const jobs = jobIds.length === 0 ? [] : await settle(lab, jobIds, options);
  const unfinished = jobs.find((job) => job.state !== 'done');
  if (options.signal?.aborted && unfinished) throw pausedByUser(unfinished);
  if (unfinished) throw endedEarly(unfinished);
  return jobs;
}

async function settle(
  lab: RpcClient,
  jobIds: readonly number[],
  { view, signal }: { view?: JobView; signal?: AbortSignal },
): Promise<Job[]> {
  const latest = new Map<number, Job>();
  const ends: (() => void)[] = [];
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise<Job[]>((resolve, reject) => {
      const finish = () => resolve(jobIds.flatMap((id) => latest.get(id) ?? []));
      const take = (job: Job) => {
        if (!jobIds.includes(job.id)) return;
        latest.set(job.id, job);
        view?.changed(job);
        const open = jobIds.filter((id) => !settled.includes(latest.get(id)?.state ?? 'queued'));
        const stuck = [...latest.values()].some(
          ({ state }) => state !== 'done' && settled.includes(state),
        );
        // Queued jobs behind a paused or failed one would wait for ever.
        const running = [...latest.values()].some(({ state }) => state === 'running');
        if (open.length === 0 || ((stuck || signal?.aborted) && !running)) finish();
      };
      ends.push(
        lab.on('job.changed', take),
        lab.on('job.progress', ({ id, progress }) => {
          const job = latest.get(id);
          if (job) view?.progress(job, progress);
        }),
      );
      const pause = () => {
        const running = [...latest.values()].find(({ state }) => state === 'running');
        if (!running) {
          finish();
          return;
        }
        timer = setTimeout(finish, pauseWithinMs);
        lab.call('job.pause', { id: running.id }).then(take, reject);
      };
      signal?.addEventListener('abort', pause, { once: true });
      ends.push(() => signal?.removeEventListener('abort', pause));
      // Asked after listening, so that no change between the two is missed.
      Promise.all(jobIds.map((id) => lab.call('job.get', { id })))
        .then((current) => {
          for (const job of current) if (!latest.has(job.id)) take(job);
          if (signal?.aborted) pause();
        })
        .catch(reject);
    });
  } finally {
    clearTimeout(timer);
    for (const end of ends) end();
  }
}

function pausedByUser(job: Job): LabError {
  return new LabError({
    kind: 'cancelled',
    message: `stopped on request while "${job.title}" was ${job.state === 'queued' ? 'waiting' : 'running'}`,
    safe: 'Everything done so far is stored; a training continues from its last saved state.',
  });
}

function endedEarly(job: Job): LabError {
  return new LabError({
    kind: job.error?.kind ?? (job.state === 'failed' ? 'internal' : 'cancelled'),
    message: `"${job.title}" ${sentences[job.state]}: ${job.error?.message ?? job.note ?? 'no reason was recorded'}`,
    safe: job.error?.safe ?? 'Everything it had stored is kept.',
    next: job.error?.next,
    details: { jobId: job.id, ...job.error?.details },
  });
}

const sentences: Readonly<Record<JobState, string>> = {
  queued: 'is waiting behind another job that did not finish',
  running: 'is still running',
  paused: 'was paused',
  done: 'is done',
  failed: 'failed',
  cancelled: 'was cancelled',
  interrupted: 'was interrupted',
};
