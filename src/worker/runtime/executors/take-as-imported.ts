import { join } from 'node:path';
import type { ImportedScale } from '@shared/domain/run';
import { LabError } from '@shared/errors';
import { checkValues } from '@shared/params';
import type { JobImage, TrainPayload, TrainSummary } from '@shared/worker-protocol';
import { ModelScorer } from '../../attacks/harness/model-scorer';
import { ahead } from '../../data/ahead';
import { PictureStore } from '../../data/picture-store';
import { preparePictures } from '../../data/prepare';
import { viewSettings } from '../../data/settings';
import { viewShapes } from '../../data/views';
import { models, type Model } from '../../models';
import type { Line } from '../../models/model';
import { trainerSpecsOf } from '../../trainer-specs';
import { saveCheckpoint, weightsSha256 } from '../../training';
import { fitLine } from '../../training/fit-line';
import type { Job } from '../job';
import { Progress } from '../progress';
import { scorePicture, scoringRows } from '../score-picture';
import { openSitter, type SitterSettings } from '../sitter';
import { checkpointFile } from './checkpoint-files';
import { fitMapping, warnOfFallingLine } from './fit-mapping';
import { loadInitial } from './initial-weights';

/** No step is taken, so nothing has moments. */
const noMoments = { state: () => new Map<string, never>() };

/**
 * Makes a run of a whole model's weight file as it is: its weights become the checkpoint of epoch 0, and no optimiser
 * step is ever taken.
 *
 * @param scale `own`: the line the file was written with, else the model's; `fitted`: by least squares on the training
 *   pictures, as the mapping of LinearityIQA is
 * @throws LabError `bad-input` where the file does not fit or has no scale, `cancelled` between pictures
 */
export async function takeAsImported(
  payload: TrainPayload,
  scale: ImportedScale,
  job: Job,
): Promise<TrainSummary> {
  const def = models.find(payload.modelId);
  const values = checkValues(def.title, def.params, payload.modelParams);
  const specs = trainerSpecsOf(def);
  const trainer = checkValues(def.title, specs, payload.trainer, def.recipe.trainer);
  const model = def.build(values, payload.seed);
  try {
    const written = await loadInitial(model, def.id, payload.initial);
    const shape = viewShapes(def.views(values, trainer)).test;
    const store = new PictureStore({ cacheDir: payload.cacheDir, shape });
    const settings = viewSettings(trainer);
    const sitting = { store, shape, settings, seed: payload.seed };
    const own = written?.labScale ?? def.labScale;
    if (scale === 'own') requireLine(def.title, model);
    const labScale = scale === 'own' ? own : await fitted(model, sitting, payload.train, job, own);
    const path = join(payload.checkpointDir, checkpointFile({ epoch: 0, step: 0 }));
    const meta = { modelId: def.id, modelVersion: def.version, epoch: 0, step: 0, extra: {} };
    const saved = await saveCheckpoint(path, model, noMoments, meta);
    const checkpoint = { path, epoch: 0, step: 0, ...saved, selected: true };
    job.post({ type: 'checkpoint', checkpoint });
    let parameterCount = 0;
    for (const parameter of model.parameters().values()) parameterCount += parameter.size;
    return {
      epochs: 0,
      steps: 0,
      selectedEpoch: 0,
      selectedCheckpoint: path,
      weightsSha256: weightsSha256(model.stateDict()),
      parameterCount,
      labScale,
      stoppedEarly: false,
    };
  } finally {
    model.dispose();
  }
}

/** Where a model's line is part of its weights, a file without one says nothing about the unit of its scores. */
function requireLine(title: string, { mapping }: Model): void {
  if (!mapping || mapping.get().length > 0) return;
  throw new LabError({
    kind: 'bad-input',
    message: `the file holds no line from ${title}'s output to ratings, so its scores have no scale of their own`,
    safe: 'Nothing was imported.',
    next: 'Import it with the scale fitted on the training pictures.',
  });
}

/** @returns the run's line; a model with lines of its own gets them fitted and keeps its scale */
async function fitted(
  model: Model,
  sitting: SitterSettings,
  train: readonly JobImage[],
  job: Job,
  own: Line,
): Promise<Line> {
  const progress = new Progress(job, 'images');
  progress.begin('opening pictures', 0, train.length);
  await preparePictures(sitting.store, train, job.control.checkpoint, (done) => progress.at(done));
  progress.begin('fitting the line from output to rating', 0, train.length);
  if (model.mapping) {
    await fitMapping(model, job, sitting, train);
    return own;
  }
  const scorer = new ModelScorer(model, { scale: 1, offset: 0 }, scoringRows);
  const outputs: number[] = [];
  for await (const sitter of ahead(train, 2, (image) => openSitter(sitting, image))) {
    await job.control.checkpoint();
    outputs.push(await scorePicture(scorer, sitter));
    progress.at(outputs.length);
  }
  const ratings = Float64Array.from(train, ({ mos }) => mos);
  const line = fitLine(Float64Array.from(outputs), ratings);
  if (line.scale === 0) {
    throw new LabError({
      kind: 'bad-input',
      message: 'the model gives every training picture the same score, so no line can be fitted',
      safe: 'Nothing was imported.',
      next: 'Check that this is the file you meant.',
    });
  }
  warnOfFallingLine(line, job);
  return line;
}
