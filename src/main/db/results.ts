import type { AttackRow, Fidelity, NormRow, ScoreRow, TraceRow } from '@shared/domain/results';
import type { JobKind, Warning } from '@shared/domain/run';
import type { ReadableDb, WritableDb } from './handle';
import { fromJson } from './handle';

/** Stores scores; the same image again replaces its row, so a resumed batch can repeat itself. */
export function upsertScores(db: WritableDb, jobId: number, rows: readonly ScoreRow[]): void {
  for (const row of rows) {
    db.run(
      `INSERT OR REPLACE INTO score_rows (job_id, image_id, score, views, certified_low,
         certified_high)
       VALUES (@jobId, @imageId, @score, @views, @low, @high)`,
      {
        jobId,
        imageId: row.imageId,
        score: row.score,
        views: row.views,
        low: row.certified?.low ?? null,
        high: row.certified?.high ?? null,
      },
    );
  }
}

/** Stores attacked images, as `upsertScores`. `artifact` must already be in stored form. */
export function upsertAttacks(db: WritableDb, jobId: number, rows: readonly AttackRow[]): void {
  for (const row of rows) {
    db.run(
      `INSERT OR REPLACE INTO attack_rows (job_id, image_id, clean, attacked_float,
         attacked_eight_bit, linf_float, linf_eight_bit, l2, ssim, psnr, direction, steps,
         zero_gradient_share, clamped_share, duration_ms, artifact, perceptual, saved, queries,
         gradients)
       VALUES (@jobId, @imageId, @clean, @attackedFloat, @attackedEightBit, @linfFloat,
         @linfEightBit, @l2, @ssim, @psnr, @direction, @steps, @zeroGradientShare,
         @clampedShare, @durationMs, @artifact, @perceptual, @saved, @queries, @gradients)`,
      {
        jobId,
        ...row,
        ssim: JSON.stringify(row.ssim),
        perceptual: row.perceptual ? JSON.stringify(row.perceptual) : null,
        saved: row.saved ? JSON.stringify(row.saved) : null,
        queries: row.queries ?? null,
        gradients: row.gradients ?? null,
      },
    );
  }
}

/** Stores the steps of traced images; an image that is attacked again loses its earlier steps. */
export function replaceTraces(db: WritableDb, jobId: number, rows: readonly TraceRow[]): void {
  for (const imageId of new Set(rows.map((row) => row.imageId))) {
    db.run('DELETE FROM attack_traces WHERE job_id = @jobId AND image_id = @imageId', {
      jobId,
      imageId,
    });
  }
  for (const row of rows) {
    db.run(
      `INSERT INTO attack_traces (job_id, image_id, step, score, loss, linf, ssim)
       VALUES (@jobId, @imageId, @step, @score, @loss, @linf, @ssim)`,
      { jobId, ...row },
    );
  }
}

export function upsertNorms(db: WritableDb, jobId: number, rows: readonly NormRow[]): void {
  for (const row of rows) {
    db.run(
      `INSERT OR REPLACE INTO norm_rows (job_id, image_id, exact, estimate, relative_error, views)
       VALUES (@jobId, @imageId, @exact, @estimate, @relativeError, @views)`,
      { jobId, ...row },
    );
  }
}

const byPosition = 'JOIN images i ON i.id = t.image_id WHERE t.job_id = @jobId ORDER BY i.position';

export function listScores(db: ReadableDb, jobId: number): ScoreRow[] {
  return db
    .all<Omit<ScoreRow, 'certified'> & { low: number | null; high: number | null }>(
      `SELECT t.image_id AS imageId, t.score, t.views, t.certified_low AS low,
         t.certified_high AS high
       FROM score_rows t ${byPosition}`,
      { jobId },
    )
    .map(({ low, high, ...row }) =>
      low === null || high === null ? row : { ...row, certified: { low, high } },
    );
}

type StoredAttackRow = Omit<AttackRow, 'ssim' | 'perceptual' | 'saved'> & {
  readonly ssim: string;
  /** Null in rows of before they were measured, as `saved`. */
  readonly perceptual: string | null;
  readonly saved: string | null;
};

export function listAttacks(db: ReadableDb, jobId: number): AttackRow[] {
  return db
    .all<StoredAttackRow>(
      `SELECT t.image_id AS imageId, t.clean, t.attacked_float AS attackedFloat,
         t.attacked_eight_bit AS attackedEightBit, t.linf_float AS linfFloat,
         t.linf_eight_bit AS linfEightBit, t.l2, t.ssim, t.psnr, t.direction, t.steps,
         t.zero_gradient_share AS zeroGradientShare, t.clamped_share AS clampedShare,
         t.duration_ms AS durationMs, t.artifact, t.perceptual, t.saved, t.queries, t.gradients
       FROM attack_rows t ${byPosition}`,
      { jobId },
    )
    .map(({ perceptual, saved, queries, gradients, ...row }) => ({
      ...row,
      ssim: fromJson<AttackRow['ssim']>(row.ssim),
      ...(perceptual !== null && { perceptual: fromJson<Fidelity['perceptual']>(perceptual) }),
      ...(saved !== null && { saved: fromJson<Fidelity>(saved) }),
      ...(queries !== null && { queries }),
      ...(gradients !== null && { gradients }),
    }));
}

/** Steps of the traced images, in the order of the data set. */
export function listTraces(db: ReadableDb, jobId: number): TraceRow[] {
  return db.all<TraceRow>(
    `SELECT t.image_id AS imageId, t.step, t.score, t.loss, t.linf, t.ssim
     FROM attack_traces t ${byPosition}, t.step`,
    { jobId },
  );
}

export function listNorms(db: ReadableDb, jobId: number): NormRow[] {
  return db.all<NormRow>(
    `SELECT t.image_id AS imageId, t.exact, t.estimate, t.relative_error AS relativeError, t.views
     FROM norm_rows t ${byPosition}`,
    { jobId },
  );
}

const tables = {
  evaluate: 'score_rows',
  attack: 'attack_rows',
  norms: 'norm_rows',
} as const satisfies Record<Exclude<JobKind, 'train' | 'fit'>, string>;

/** Images that already have a row: a resumed batch does the rest. */
export function finishedImages(
  db: ReadableDb,
  kind: keyof typeof tables,
  jobId: number,
): Set<number> {
  const rows = db.all<{ id: number }>(
    `SELECT image_id AS id FROM ${tables[kind]} WHERE job_id = @jobId`,
    { jobId },
  );
  return new Set(rows.map((row) => row.id));
}

/** Stored path of a kept adversarial image; null where it was not kept. */
export function getArtifact(db: ReadableDb, jobId: number, imageId: number): string | null {
  return (
    db.get<{ artifact: string | null }>(
      'SELECT artifact FROM attack_rows WHERE job_id = @jobId AND image_id = @imageId',
      { jobId, imageId },
    )?.artifact ?? null
  );
}

/** Keeps a warning once, however often a resumed job raises it again. */
export function addWarning(
  db: WritableDb,
  jobId: number,
  warning: Warning,
  createdAtMs: number,
): void {
  db.run(
    `INSERT INTO warnings (job_id, code, message, image_id, created_at_ms)
     SELECT @jobId, @code, @message, @imageId, @createdAtMs
     WHERE NOT EXISTS (SELECT 1 FROM warnings WHERE job_id = @jobId AND code = @code
       AND message = @message AND image_id IS @imageId)`,
    {
      jobId,
      code: warning.code,
      message: warning.message,
      imageId: warning.imageId ?? null,
      createdAtMs,
    },
  );
}

const warningColumns = 'w.code, w.message, w.image_id AS imageId';

export function listJobWarnings(db: ReadableDb, jobId: number): Warning[] {
  return db.all<Warning>(
    `SELECT ${warningColumns} FROM warnings w WHERE w.job_id = @jobId ORDER BY w.id`,
    { jobId },
  );
}

/** Warnings of a run's training. */
export function listRunWarnings(db: ReadableDb, runId: number): Warning[] {
  return db.all<Warning>(
    `SELECT ${warningColumns} FROM warnings w JOIN jobs j ON j.id = w.job_id
     WHERE j.run_id = @runId AND j.kind = 'train' ORDER BY w.id`,
    { runId },
  );
}
