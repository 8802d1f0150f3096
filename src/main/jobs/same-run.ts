import { completeTraining } from '@shared/complete-spec';
import type { EngineName, ModelInfo } from '@shared/domain/catalogue';
import type { TrainSpec } from '@shared/domain/run';
import type { ReadableDb } from '../db/handle';
import { fromJson } from '../db/handle';
import { same } from '@shared/canonical';

export interface Planned {
  readonly spec: TrainSpec;
  readonly datasetHash: string;
  readonly splitHash: string;
}

/**
 * Id of the newest run with exactly these settings, data and weights to start from, trained or still to be trained on
 * this engine; undefined when there is none. Runs in the bin, stopped for good or failed do not count.
 * @param model the model the plan names
 * @param engine null when it is not known yet: then any engine's run does
 */
export function findSameRun(
  db: ReadableDb,
  model: ModelInfo,
  { spec, datasetHash, splitHash }: Planned,
  engine: EngineName | null,
): number | undefined {
  const rows = db.all<{ id: number; spec: string; engine: EngineName | null }>(
    `SELECT r.id, r.spec, r.engine FROM runs r JOIN jobs j ON j.run_id = r.id AND j.kind = 'train'
     WHERE r.split_id = @splitId AND r.model_id = @modelId AND r.deleted_at_ms IS NULL
       AND r.dataset_hash = @datasetHash AND r.split_hash = @splitHash
       AND j.state NOT IN ('cancelled', 'failed')
     ORDER BY r.id DESC`,
    { splitId: spec.splitId, modelId: spec.modelId, datasetHash, splitHash },
  );
  const wanted = completeTraining(model, spec);
  return rows.find(
    (row) =>
      (engine === null || row.engine === null || row.engine === engine) &&
      same(completeTraining(model, fromJson<TrainSpec>(row.spec)), wanted),
  )?.id;
}
