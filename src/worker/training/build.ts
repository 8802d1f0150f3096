import type { ParamValues } from '@shared/params';
import { checkValues, read } from '@shared/params';
import type { Model, ModelDef } from '../models/model';
import { losses } from './losses';
import { optimizers } from './optimizers';
import type { Optimizer } from './optimizers';
import { schedules } from './schedules';
import type { SchedulePosition } from './schedules';
import { normSettings, ntParams, trainerParams } from './settings';
import type { StepSettings } from './step';

/** Everything a training needs besides data, made from a run's stored settings. */
export interface Training {
  readonly model: Model;
  readonly optimizer: Optimizer;
  readonly step: StepSettings;
  readonly epochs: number;
  readonly batchSize: number;
  /** Learning rate at a position: the setting times schedule and warm-up. */
  learningRate(position: SchedulePosition): number;
  /** The factor the optimiser is given at a position. */
  rateFactor(position: SchedulePosition): number;
  /** Ratings on the lab scale to the scale the loss sees. */
  toLossScale(ratings: Float32Array): Float32Array;
  dispose(): void;
}

export interface TrainingSpec {
  readonly modelParams: Readonly<ParamValues>;
  readonly trainer: Readonly<ParamValues>;
  /** Null for the baseline. */
  readonly nt: Readonly<ParamValues> | null;
  readonly seed: number;
}

/**
 * Builds model, optimiser and step from settings.
 * @throws LabError `bad-input` naming a bad setting; settings of other parts (views) are ignored here
 */
export function buildTraining(def: ModelDef, spec: TrainingSpec): Training {
  const own = new Set(trainerParams.map((param) => param.id));
  const given = Object.entries(spec.trainer).filter(([id]) => own.has(id));
  const recipe = Object.fromEntries(
    Object.entries(def.recipe.trainer).filter(([id]) => own.has(id)),
  );
  const trainer = checkValues('trainer', trainerParams, Object.fromEntries(given), recipe);
  const nt = spec.nt && checkValues('gradient norm', ntParams, spec.nt, def.recipe.nt);
  const model = def.build(checkValues(def.title, def.params, spec.modelParams), spec.seed);
  const learningRate = read.number(trainer, 'learningRate');
  const optimizer = optimizers.find(read.string(trainer, 'optimizer')).build(
    [
      {
        parameters: model.parameters(),
        learningRate,
        weightDecay: read.number(trainer, 'weightDecay'),
      },
    ],
    trainer,
  );
  const schedule = schedules.find(read.string(trainer, 'schedule'));
  const warmupSteps = read.number(trainer, 'warmupSteps');
  const native = read.string(trainer, 'lossScale') === 'native';
  const { scale, offset } = def.labScale;
  const rateFactor = (position: SchedulePosition): number =>
    Math.min(1, (position.step + 1) / Math.max(1, warmupSteps)) *
    schedule.factor(position, trainer);
  return {
    model,
    optimizer,
    step: {
      loss: losses.find(read.string(trainer, 'loss')),
      norm: normSettings(nt),
      scale: native ? { scale: 1, offset: 0 } : def.labScale,
      seed: spec.seed,
    },
    epochs: read.number(trainer, 'epochs'),
    batchSize: read.number(trainer, 'batchSize'),
    rateFactor,
    learningRate: (position) => learningRate * rateFactor(position),
    toLossScale: (ratings) => (native ? ratings.map((y) => (y - offset) / scale) : ratings),
    dispose() {
      optimizer.dispose();
      model.dispose();
    },
  };
}
