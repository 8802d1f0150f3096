import { existsSync } from 'node:fs';
import type { JobRecord } from '../db/jobs';
import type { ReadableDb } from '../db/handle';
import { finishedImages } from '../db/results';
import type { StoredCheckpoint } from '../db/training';
import { lastStep, listCheckpoints } from '../db/training';
import type { Layout } from '../workspace/layout';
import { fromStoredPath } from '../workspace/layout';

/** The newest checkpoint whose file is still there: the worker keeps the last two and the best. */
export function resumableCheckpoint(
  db: ReadableDb,
  layout: Layout,
  runId: number,
): StoredCheckpoint | null {
  return (
    listCheckpoints(db, runId).find(({ path }) => existsSync(fromStoredPath(layout, path))) ?? null
  );
}

/**
 * Where a stopped job stands and what Resume will do, for the end of a sentence:
 * "at step 340; the last checkpoint is of epoch 3 (step 300). Resume continues from there."
 */
export function whereStopped(db: ReadableDb, layout: Layout, job: JobRecord): string {
  if (job.kind === 'train') {
    const step = lastStep(db, job.runId);
    const checkpoint = resumableCheckpoint(db, layout, job.runId);
    if (!checkpoint) return `at step ${step}, before the first checkpoint. Resume starts it again.`;
    return (
      `at step ${Math.max(step, checkpoint.step)}; the last checkpoint is of epoch ` +
      `${checkpoint.epoch} (step ${checkpoint.step}). Resume continues from there.`
    );
  }
  if (job.kind === 'fit') {
    const { done, total } = job.progress ?? { done: 0, total: 0 };
    const saved = existsSync(layout.fitPosition(job.id));
    return saved
      ? `at step ${done} of ${total}. Resume continues from its last saved position.`
      : `before its first saved position. Resume starts it again.`;
  }
  const done = finishedImages(db, job.kind, job.id).size;
  return `with ${done} ${done === 1 ? 'image' : 'images'} done. Resume does the rest.`;
}
