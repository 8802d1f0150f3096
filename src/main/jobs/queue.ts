import type { JobKind, JobState } from '@shared/domain/run';

/** What the queue needs to know of a waiting job. */
export interface Waiting {
  readonly id: number;
  readonly kind: JobKind;
  /** It uses the run's pictures and ratings only, so it need not wait for the training. */
  readonly dataOnly?: boolean;
  readonly runName: string;
  /** State of the training of the job's run; for a training, its own. */
  readonly training: JobState;
}

export interface QueuePlan {
  /** Job to start now; null while nothing can. */
  readonly start: number | null;
  /** Why each of the others waits, in one sentence; null where it is simply next in line. */
  readonly notes: ReadonlyMap<number, string | null>;
  /** Jobs that can never run, with the reason. */
  readonly cancel: ReadonlyMap<number, string>;
}

/**
 * Decides what happens to the waiting jobs, in their order. A batch waits until the training of its
 * run is done and lets others pass meanwhile.
 * @param blockedBy why nothing can start now, such as a job that runs; null when the worker is free
 */
export function planQueue(waiting: readonly Waiting[], blockedBy: string | null): QueuePlan {
  let start: number | null = null;
  const notes = new Map<number, string | null>();
  const cancel = new Map<number, string>();
  for (const job of waiting) {
    const reason = job.kind === 'train' || job.dataOnly === true ? null : trainingReason(job);
    if (reason?.final === true) cancel.set(job.id, reason.text);
    else if (reason) notes.set(job.id, reason.text);
    else if (blockedBy !== null) notes.set(job.id, blockedBy);
    else if (start === null) start = job.id;
    else notes.set(job.id, null);
  }
  return { start, notes, cancel };
}

function trainingReason(job: Waiting): { text: string; final: boolean } | null {
  const training = `the training of ${job.runName}`;
  switch (job.training) {
    case 'done':
      return null;
    case 'failed':
      return { text: `cancelled because ${training} failed`, final: true };
    case 'cancelled':
      return { text: `cancelled because ${training} was cancelled`, final: true };
    case 'queued':
    case 'running':
      return { text: `waits for ${training}`, final: false };
    case 'paused':
      return { text: `waits for ${training}, which is paused`, final: false };
    case 'interrupted':
      return { text: `waits for ${training}, which was interrupted: resume it`, final: false };
  }
}
