import type { JobState } from '@shared/domain/run';
import { LabError } from '@shared/errors';

/**
 * Every change of state a job may make. `interrupted` is the truth after a crash or a stop: what was
 * recorded is kept and Resume continues from it. Resume always goes through the queue, except where
 * the worker still holds the paused job.
 */
const legal: Readonly<Record<JobState, readonly JobState[]>> = {
  queued: ['running', 'paused', 'failed', 'cancelled'],
  running: ['paused', 'done', 'failed', 'cancelled', 'interrupted'],
  paused: ['running', 'queued', 'done', 'failed', 'cancelled', 'interrupted'],
  interrupted: ['queued', 'cancelled'],
  failed: ['queued', 'cancelled'],
  cancelled: ['queued'],
  done: [],
};

export function mayMove(from: JobState, to: JobState): boolean {
  return legal[from].includes(to);
}

/** Nothing more happens to a job in these states unless a person asks. */
export function isFinal(state: JobState): boolean {
  return state === 'done' || state === 'failed' || state === 'cancelled';
}

/**
 * @param what the job's title, for the sentence a person reads
 * @throws LabError `conflict` where the table above has no such change
 */
export function checkMove(what: string, from: JobState, to: JobState): void {
  if (mayMove(from, to)) return;
  throw new LabError({
    kind: 'conflict',
    message: `${what} is ${from} and cannot become ${to}`,
    safe: 'Nothing was changed.',
    next: 'Reload the list: another window may have changed it.',
  });
}
