import type { EpochMetric, StepMetric } from '@shared/domain/run';
import type { ReadableDb, WritableDb } from './handle';

const stepColumns = `step, epoch, quality_loss AS qualityLoss, norm_term AS normTerm, total,
  norm_estimate AS normEstimate, learning_rate AS learningRate`;

/** Stores steps; one that was computed again after a resume replaces the older record. */
export function upsertSteps(db: WritableDb, runId: number, steps: readonly StepMetric[]): void {
  for (const step of steps) {
    db.run(
      `INSERT OR REPLACE INTO steps (run_id, step, epoch, quality_loss, norm_term, total,
         norm_estimate, learning_rate)
       VALUES (@runId, @step, @epoch, @qualityLoss, @normTerm, @total, @normEstimate,
         @learningRate)`,
      { runId, ...step },
    );
  }
}

export function lastStep(db: ReadableDb, runId: number): number {
  const row = db.get<{ step: number | null }>(
    'SELECT max(step) AS step FROM steps WHERE run_id = @runId',
    { runId },
  );
  return row?.step ?? 0;
}

/**
 * At most `maxPoints` steps after `afterStep`: those whose number is a multiple of one stride, so
 * that points already drawn stay where they are while new ones arrive, and the newest one. Each is
 * found by its key: the cost does not grow with the length of the record.
 * @param maxPoints at least 2
 */
export function thinnedSteps(
  db: ReadableDb,
  runId: number,
  afterStep: number,
  maxPoints: number,
): StepMetric[] {
  // Two lookups: asked for together, SQLite would read every row between them.
  const range = db.get<{ first: number | null; last: number | null }>(
    `SELECT (SELECT min(step) FROM steps WHERE run_id = @runId AND step > @afterStep) AS first,
       (SELECT max(step) FROM steps WHERE run_id = @runId AND step > @afterStep) AS last`,
    { runId, afterStep },
  );
  if (range?.first == null || range.last == null) return [];
  const { first, last } = range;
  const stride = Math.max(
    1,
    Math.ceil((last - first + 1) / Math.max(1, Math.floor(maxPoints) - 1)),
  );
  return db.all<StepMetric>(
    `WITH RECURSIVE wanted (at) AS (
       SELECT @start UNION ALL SELECT at + @stride FROM wanted WHERE at + @stride <= @last)
     SELECT ${stepColumns} FROM wanted CROSS JOIN steps ON run_id = @runId AND step = wanted.at
     UNION SELECT ${stepColumns} FROM steps WHERE run_id = @runId AND step = @last
     ORDER BY step`,
    { runId, stride, last, start: Math.ceil(first / stride) * stride },
  );
}

export function countSteps(db: ReadableDb, runId: number): number {
  return (
    db.get<{ n: number }>('SELECT count(*) AS n FROM steps WHERE run_id = @runId', { runId })?.n ??
    0
  );
}

export function upsertEpoch(db: WritableDb, runId: number, epoch: EpochMetric): void {
  db.run(
    `INSERT OR REPLACE INTO epochs (run_id, epoch, step, validation_srocc, validation_rmse,
       train_ms, data_wait_share)
     VALUES (@runId, @epoch, @step, @validationSrocc, @validationRmse, @trainMs, @dataWaitShare)`,
    { runId, ...epoch },
  );
}

export function listEpochs(db: ReadableDb, runId: number): EpochMetric[] {
  return db.all<EpochMetric>(
    `SELECT epoch, step, validation_srocc AS validationSrocc, validation_rmse AS validationRmse,
       train_ms AS trainMs, data_wait_share AS dataWaitShare
     FROM epochs WHERE run_id = @runId ORDER BY epoch`,
    { runId },
  );
}

export interface StoredCheckpoint {
  readonly step: number;
  readonly epoch: number;
  /** Stored form: relative to the workspace. */
  readonly path: string;
  readonly sha256: string;
  readonly sizeBytes: number;
  readonly selected: number;
}

export function upsertCheckpoint(
  db: WritableDb,
  runId: number,
  checkpoint: Omit<StoredCheckpoint, 'selected'> & { selected: boolean; createdAtMs: number },
): void {
  db.run(
    `INSERT OR REPLACE INTO checkpoints (run_id, step, epoch, path, sha256, size_bytes, selected,
       created_at_ms)
     VALUES (@runId, @step, @epoch, @path, @sha256, @sizeBytes, @selected, @createdAtMs)`,
    { runId, ...checkpoint, selected: checkpoint.selected ? 1 : 0 },
  );
}

/** Newest first. The worker deletes older files, so a listed one may be gone. */
export function listCheckpoints(db: ReadableDb, runId: number): StoredCheckpoint[] {
  return db.all<StoredCheckpoint>(
    `SELECT step, epoch, path, sha256, size_bytes AS sizeBytes, selected
     FROM checkpoints WHERE run_id = @runId ORDER BY step DESC`,
    { runId },
  );
}

/**
 * Forgets what a training recorded after the checkpoint it continues from; it will be computed
 * again, and half of an old curve must not stay behind a new one.
 * @param step last step of the checkpoint; 0 to start afresh
 */
export function forgetAfterStep(db: WritableDb, runId: number, step: number): void {
  for (const table of ['steps', 'epochs', 'checkpoints']) {
    db.run(`DELETE FROM ${table} WHERE run_id = @runId AND step > @step`, { runId, step });
  }
}
