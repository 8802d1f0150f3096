import { join } from 'node:path';
import { LabError } from '@shared/errors';
import { checkValues } from '@shared/params';
import type { TrainPayload, TrainSummary } from '@shared/worker-protocol';
import { viewSettings } from '../../data/settings';
import type { BatchSource } from '../../data/training-feed';
import { viewShapes } from '../../data/views';
import { models, type ModelDef } from '../../models';
import {
  buildTraining,
  loadCheckpoint,
  trainLoop,
  weightsSha256,
  type LoopResult,
  type Training,
} from '../../training';
import { trainerSpecsOf } from '../../trainer-specs';
import type { Job } from '../job';
import { Progress } from '../progress';
import { openFeed } from './open-feed';
import { TrainingRecord } from './training-record';
import { Validator } from './validator';

/**
 * Trains a run from its start or from a checkpoint to its last epoch, or until it is stopped.
 *
 * @param feeder URL of the file that cuts batches in a thread
 * @throws LabError `cancelled` where it was stopped at once: its position is saved, and a resume
 *   continues from the very step
 */
export async function train(
  payload: TrainPayload,
  job: Job,
  feeder: string,
): Promise<TrainSummary> {
  refuseEmpty(payload);
  const def = models.find(payload.modelId);
  const specs = trainerSpecsOf(def);
  const trainer = checkValues(def.title, specs, payload.trainer, def.recipe.trainer);
  const values = checkValues(def.title, def.params, payload.modelParams);
  const shapes = viewShapes(def.views(values, trainer));
  const settings = viewSettings(trainer);
  const training = buildTraining(def, { ...payload, trainer });
  const { batchSize } = training;
  try {
    const open = await openFeed({ payload, shapes, settings, batchSize, feeder }, job);
    try {
      const sitting = { store: open.judged, shape: shapes.test, settings, seed: payload.seed };
      const validator = new Validator(payload, job, def.labScale, training.model, sitting);
      return await run(payload, job, def, training, open.feed, validator);
    } finally {
      await open.feed.close();
    }
  } finally {
    training.dispose();
  }
}

async function run(
  payload: TrainPayload,
  job: Job,
  def: ModelDef,
  training: Training,
  feed: BatchSource,
  validator: Validator,
): Promise<TrainSummary> {
  const model = { modelId: def.id, modelVersion: def.version };
  const progress = new Progress(job, 'steps');
  const record = new TrainingRecord({ payload, job, training, model, feed, progress });
  const from = await record.open();
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
    restoreBest: () => record.restoreBest(),
  });
  // A stop that was asked for after the last step is late: the training is whole.
  if (job.control.stopping && result.stoppedEarly) await job.control.checkpoint();
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
