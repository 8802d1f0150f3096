import type { JobSpec, Run } from '@shared/domain/run';
import type { Side } from '@shared/domain/dataset';
import { LabError } from '@shared/errors';
import type { ReadableDb } from '../db/handle';
import type { NewJob } from '../db/jobs';
import { insertJob } from '../db/jobs';
import { getRun } from '../db/runs';
import { getSplit } from '../db/splits';
import type { JobBoard } from './board';

export interface BatchRequest {
  readonly runIds: readonly number[];
  readonly side: Side;
  /** Only the first n images; null for all. */
  readonly limit: number | null;
  /** It uses the pictures and ratings of the runs only: whether they are trained does not matter. */
  readonly dataOnly?: boolean;
}

/**
 * Queues one job per run, each run once, in the order given; each waits until its run is trained.
 * @returns the jobs' ids in the same order
 * @throws LabError `bad-input` or `conflict`; then nothing was queued
 */
export function startBatch(
  board: JobBoard,
  request: BatchRequest,
  describe: (run: Run) => Omit<NewJob, 'createdAtMs' | 'spec'> & { spec: JobSpec },
): number[] {
  const { db } = board;
  const runs = checkBatch(db, request);
  const createdAtMs = Date.now();
  const ids = db.transaction(() =>
    runs.map((run) => insertJob(db, { ...describe(run), createdAtMs })),
  );
  for (const id of ids) board.tell(board.get(id));
  return ids;
}

/**
 * The runs of a batch, in the order asked.
 * @throws LabError `bad-input` where one of them cannot be measured on this side
 */
export function checkBatch(db: ReadableDb, request: BatchRequest): Run[] {
  const { runIds, side, limit, dataOnly = false } = request;
  if (runIds.length === 0) throw refusal('no run was chosen', 'Choose at least one run.');
  if (limit !== null && !(Number.isSafeInteger(limit) && limit > 0)) {
    throw refusal(`the limit must be a whole number from 1, got ${limit}`, 'Correct the limit.');
  }
  const runs = [...new Set(runIds)].map((id) => getRun(db, id));
  for (const run of runs) checkRun(db, run, side, dataOnly);
  return runs;
}

function checkRun(db: ReadableDb, run: Run, side: Side, dataOnly: boolean): void {
  if (run.deletedAtMs !== null) {
    throw refusal(`${run.name} was deleted`, 'Restore it or choose another run.');
  }
  if (!dataOnly && (run.state === 'failed' || run.state === 'cancelled')) {
    throw refusal(`the training of ${run.name} is ${run.state}`, 'Resume the training first.');
  }
  const split = getSplit(db, run.spec.splitId);
  if (split.counts[side] === 0) {
    throw refusal(`the split of ${run.name} has no ${side} images`, 'Choose another side.');
  }
}

function refusal(message: string, next: string): LabError {
  return new LabError({ kind: 'bad-input', message, safe: 'Nothing was started.', next });
}
