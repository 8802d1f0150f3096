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
  fitsEveryEpoch,
  loadCheckpoint,
  trainLoop,
  weightsSha256,
  type LoopResult,
  type Training,
} from '../../training';
import { trainerSpecsOf } from '../../trainer-specs';
import type { Job } from '../job';
import { Progress } from '../progress';
import { fitMapping } from './fit-mapping';
import { loadInitial } from './initial-weights';
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
    if (payload.resumeFrom === null) {
      await loadInitial(training.model, def.id, payload.initial);
    }
    const open = await openFeed({ payload, shapes, settings, batchSize, feeder }, job);
    try {
      const sitting = { store: open.judged, shape: shapes.test, settings, seed: payload.seed };
      const validator = new Validator(payload, job, def.labScale, training.model, sitting);
      const fit = (): Promise<void> => fitMapping(training.model, job, sitting, payload.train);
      const fitEach = fitsEveryEpoch(trainer);
      return await run({ payload, job, def, training, feed: open.feed, validator, fit, fitEach });
    } finally {
      await open.feed.close();
    }
  } finally {
    training.dispose();
  }
}

interface Parts {
  readonly payload: TrainPayload;
  readonly job: Job;
  readonly def: ModelDef;
  readonly training: Training;
  readonly feed: BatchSource;
  readonly validator: Validator;
  /** Fits the line from output to rating, where the model has one. */
  readonly fit: () => Promise<void>;
  readonly fitEach: boolean;
}

async function run(parts: Parts): Promise<TrainSummary> {
  const { payload, job, def, training, feed, validator, fit, fitEach } = parts;
  const model = { modelId: def.id, modelVersion: def.version };
  const progress = new Progress(job, 'steps');
  const record = new TrainingRecord({ payload, job, training, model, feed, progress });
  const from = await record.open();
  // Whatever line came with the weights is not that of the weights training makes of them.
  training.model.mapping?.set([]);
  record.begin(from);
  const result = await trainLoop({
    training,
    model,
    from,
    control: job.control,
    data: {
      batchesPerEpoch: feed.batchesPerEpoch,
      batches: (epoch, first) => feed.batches(epoch, first),
      validate: (epoch) =>
        record.whileSafe(epoch, async () => {
          if (fitEach) await fit();
          return await validator.validate();
        }),
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
  return await summary(parts, record, result);
}

async function summary(
  { payload, def, training, fit }: Parts,
  record: TrainingRecord,
  result: LoopResult,
): Promise<TrainSummary> {
  const chosen = record.chosen;
  const path = join(payload.checkpointDir, chosen.file);
  // The line belongs to the weights the run is judged by: its file is written again, with the line.
  if (training.model.mapping) await record.rewrite(path, fit);
  else await loadCheckpoint(path, training.model, null);
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
