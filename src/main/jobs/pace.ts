import { canonical } from '@shared/canonical';
import type { ModelInfo } from '@shared/domain/catalogue';
import type { TrainSpec } from '@shared/domain/run';
import { twinKind } from '@shared/twin';
import type { ReadableDb } from '../db/handle';
import { fromJson } from '../db/handle';

/**
 * How long an epoch of a training took before, in milliseconds, for the same model and the same kind
 * of twin: with the same settings on the same split where there was one, else of any. Of several
 * the quickest counts, since a paused training looks longer than it was.
 * @returns a function that answers null where nothing like it was ever trained to its end
 */
export function trainingPaces(
  db: ReadableDb,
): (model: ModelInfo, spec: TrainSpec) => number | null {
  const rows = db.all<{ spec: string; ms: number }>(
    `SELECT r.spec, (j.ended_at_ms - j.started_at_ms) * 1.0 / r.epochs_total AS ms
     FROM runs r JOIN jobs j ON j.run_id = r.id AND j.kind = 'train'
     WHERE j.state = 'done' AND j.started_at_ms IS NOT NULL AND r.epochs_total > 0`,
  );
  const timed = rows
    .map(({ spec, ms }) => ({ spec: fromJson<TrainSpec>(spec), ms }))
    .filter(({ spec }) => !spec.imported);
  return (model, spec) => {
    const alike = timed.filter(
      (row) => row.spec.modelId === spec.modelId && twinKind(row.spec) === twinKind(spec),
    );
    const work = workOf(model, spec);
    const equal = alike.filter((row) => workOf(model, row.spec) === work);
    return quickest((equal.length > 0 ? equal : alike).map(({ ms }) => ms));
  };
}

/** What an epoch's length depends on: everything but how many there are. */
function workOf(model: ModelInfo, { splitId, modelParams, trainer }: TrainSpec): string {
  const epochs = model.epochSettings ?? ['epochs'];
  const rest = Object.entries(trainer).filter(([id]) => !epochs.includes(id));
  return canonical({ splitId, modelParams, trainer: Object.fromEntries(rest) });
}

/**
 * How long scoring a picture, or measuring its gradient norm, took on runs of one model, in
 * milliseconds; null where it was never done.
 */
export function batchPaces(
  db: ReadableDb,
): (modelId: string, kind: 'evaluate' | 'norms') => number | null {
  const pace = (kind: 'evaluate' | 'norms') =>
    db.all<{ modelId: string; ms: number }>(
      `SELECT r.model_id AS modelId, (j.ended_at_ms - j.started_at_ms) * 1.0 / count(*) AS ms
       FROM jobs j JOIN runs r ON r.id = j.run_id
       JOIN ${kind === 'norms' ? 'norm_rows' : 'score_rows'} m ON m.job_id = j.id
       WHERE j.kind = @kind AND j.state = 'done' AND json_extract(j.spec, '$.defence') IS NULL
       GROUP BY j.id`,
      { kind },
    );
  const known = { evaluate: pace('evaluate'), norms: pace('norms') };
  return (modelId, kind) =>
    quickest(known[kind].filter((row) => row.modelId === modelId).map(({ ms }) => ms));
}

function quickest(ms: readonly number[]): number | null {
  return ms.length === 0 ? null : Math.min(...ms);
}
