import { join } from 'node:path';
import { LabError } from '@shared/errors';
import { checkValues, type ParamValues } from '@shared/params';
import type { TrainPayload, TrainSummary } from '@shared/worker-protocol';
import { PictureStore } from '../../data/picture-store';
import { preparePictures } from '../../data/prepare';
import { viewSettings } from '../../data/settings';
import { TrainingFeed } from '../../data/training-feed';
import { models, type ModelDef } from '../../models';
import {
  buildTraining,
  loadCheckpoint,
  trainLoop,
  weightsSha256,
  type LoopResult,
  type Training,
} from '../../training';
import { trainerSpecs } from '../../trainer-specs';
import type { Job } from '../job';
import { Progress } from '../progress';
import { TrainingRecord } from './training-record';
import { Validator } from './validator';

/**
 * Trains a run from its start or from a checkpoint to its last epoch, or until it is stopped.
 *
 * @throws LabError `cancelled` where it was stopped at once: its position is saved, and a resume
 *   continues from the very step
 */
export async function train(payload: TrainPayload, job: Job): Promise<TrainSummary> {
  const def = models.find(payload.modelId);
  const trainer = checkValues(def.title, trainerSpecs, payload.trainer, def.recipe.trainer);
  refuseEmpty(payload);
  const training = buildTraining(def, { ...payload, trainer });
  try {
    return await run(payload, job, def, training, trainer);
  } finally {
    training.dispose();
  }
}

async function run(
  payload: TrainPayload,
  job: Job,
  def: ModelDef,
  training: Training,
  trainer: ParamValues,
): Promise<TrainSummary> {
  const shape = def.views(checkValues(def.title, def.params, payload.modelParams));
  const store = new PictureStore({ cacheDir: payload.cacheDir, shape });
  const progress = new Progress(job, 'steps');
  const images = [...payload.train, ...payload.validation, ...payload.selectOn];
  const opening = new Progress(job, 'images');
  opening.begin('opening pictures', 0, images.length);
  const { checkpoint } = job.control;
  const sizes = await preparePictures(store, images, checkpoint, (done) => opening.at(done));

  const settings = viewSettings(trainer);
  const { batchSize } = training;
  const feed = new TrainingFeed({
    store,
    images: payload.train,
    sizes,
    shape,
    settings,
    batchSize,
    seed: payload.seed,
  });
  const model = { modelId: def.id, modelVersion: def.version };
  const record = new TrainingRecord({ payload, job, training, model, feed, progress });
  const from = await record.open();
  const validator = new Validator(payload, job, def.labScale, {
    model: training.model,
    sitting: { store, shape, settings, seed: payload.seed },
  });
  record.begin(from);
  const result = await trainLoop({
    training,
    model,
    from,
    control: job.control,
    data: {
      batchesPerEpoch: feed.batchesPerEpoch,
      batches: (epoch, first) => feed.batches(epoch, first),
      validate: (epoch) => record.whileSafe(epoch, () => validator.validate()),
    },
    events: {
      onSteps: (steps) => record.steps(steps),
      onEpoch: (epoch) => record.epoch(epoch, validator.judgement),
      onCheckpoint: (saved) => record.checkpoint(saved),
      onWarning: (warning) => job.warn(warning),
    },
    checkpointPath: (position) => record.path(position),
    extra: () => record.extra(),
  });
  // A stop that was asked for after the last step is late: the training is whole.
  if (job.control.stopping && result.stoppedEarly) await checkpoint();
  return await summary(payload, def, training, record, result);
}

async function summary(
  payload: TrainPayload,
  def: ModelDef,
  training: Training,
  record: TrainingRecord,
  result: LoopResult,
): Promise<TrainSummary> {
  const chosen = record.chosen;
  const path = join(payload.checkpointDir, chosen.file);
  await loadCheckpoint(path, training.model, null);
  let parameterCount = 0;
  for (const parameter of training.model.parameters().values()) parameterCount += parameter.size;
  return {
    epochs: result.epoch,
    steps: result.step,
    selectedEpoch: chosen.epoch,
    selectedCheckpoint: path,
    weightsSha256: weightsSha256(training.model.stateDict()),
    parameterCount,
    labScale: def.labScale,
    stoppedEarly: result.stoppedEarly,
  };
}

function refuseEmpty({ train, selection, selectOn }: TrainPayload): void {
  const missing =
    train.length === 0
      ? 'the training part of the split is empty'
      : selection === 'test' && selectOn.length === 0
        ? 'the checkpoint is to be chosen on the test part, which is empty'
        : null;
  if (!missing) return;
  throw new LabError({
    kind: 'bad-input',
    message: missing,
    safe: 'Nothing was started.',
    next: 'Make a split with pictures in that part.',
  });
}
