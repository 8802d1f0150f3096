import type { BenchAsk } from '@shared/domain/bench';
import type { Catalogue } from '@shared/domain/catalogue';
import { LabError } from '@shared/errors';
import type { BenchPayload } from '@shared/worker-protocol';
import { findImage, getDataset } from '../db/datasets';
import type { ReadableDb } from '../db/handle';
import { getRun } from '../db/runs';
import { getSplit } from '../db/splits';
import { listWeights } from '../db/weights';
import { attackJobs } from '../jobs/attack-jobs';
import { locate, weightsOf } from '../jobs/payload';
import { measuresPayload, neededPayload } from '../weights/initial';
import type { Layout } from '../workspace/layout';

/**
 * Everything the worker needs to attack one picture, checked as a batch is.
 * @throws LabError `conflict` where the run has no weights yet, `bad-input` where the picture is not
 *   of its data set, or what starting and preparing a batch throw
 */
export function benchPayload(
  catalogue: Catalogue,
  db: ReadableDb,
  layout: Layout,
  ask: BenchAsk,
): BenchPayload {
  const run = getRun(db, ask.runId);
  if (run.state !== 'done' || run.deletedAtMs !== null) {
    throw new LabError({
      kind: 'conflict',
      message: `${run.name} is not trained yet, so there is nothing to attack`,
      safe: 'Nothing was changed.',
      next: 'Wait until its training has ended, or choose another pair.',
    });
  }
  const found = findImage(db, ask.imageId);
  if (found?.datasetId !== run.spec.datasetId) {
    throw new LabError({
      kind: 'bad-input',
      message: `picture ${ask.imageId} does not belong to the data set of ${run.name}`,
      safe: 'Nothing was changed.',
      next: 'Choose a picture from the list.',
    });
  }
  const scope = { side: 'test' as const, limit: null };
  const {
    attackId,
    params,
    run: settings,
    files,
  } = attackJobs(catalogue, scope, ask, listWeights(db))(run.id).spec;
  const split = getSplit(db, run.spec.splitId);
  const [image] = locate(layout, getDataset(db, run.spec.datasetId), split, [found]);
  if (!image) throw new Error('benchPayload: one picture in, one picture out');
  const { modelId, modelParams, trainer, nt, seed } = run.spec;
  return {
    runId: run.id,
    modelId,
    modelParams,
    trainer,
    nt,
    seed,
    cacheDir: layout.cache,
    checkpoint: weightsOf(db, layout, run),
    ...(run.labScale && { labScale: run.labScale }),
    image,
    attackId,
    params,
    run: settings,
    files: neededPayload(db, layout, files),
    measures:
      ask.scope === 'preview' || settings['distances'] === 'none'
        ? []
        : measuresPayload(db, layout),
    attackSeed: ask.seed,
    scope: ask.scope,
  };
}
