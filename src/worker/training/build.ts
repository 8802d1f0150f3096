import type { ParamValues } from '@shared/params';
import { checkValues, read } from '@shared/params';
import type { Model, ModelDef } from '../models/model';
import type { TrainingPlan } from '../models/plan';
import { adversarialSettings, atParams } from './at-settings';
import { lossScale } from './loss-scale';
import type { Affine } from './loss-scale';
import { losses } from './losses';
import { normSettings, ntSpecs } from './nt-settings';
import type { RateFactor } from './optimizers';
import { schedules } from './schedules';
import type { SchedulePosition } from './schedules';
import { mappingParams, trainerParams } from './settings';
import { StagedOptimizer } from './staged-optimizer';
import { membersOf, plainPlan, stageAt, totalEpochs } from './stages';
import type { StepSettings } from './step';

/** Everything a training needs besides data, made from a run's stored settings. */
export interface Training {
  readonly model: Model;
  readonly plan: TrainingPlan;
  readonly optimizer: StagedOptimizer;
  /** The step where every weight is trained; `stepAt` has that of an epoch. */
  readonly step: StepSettings;
  /** Of all stages together. */
  readonly epochs: number;
  readonly batchSize: number;
  /** The step of an epoch (0-based): its stage may train some weights only, or without the norm term. */
  stepAt(epoch: number): StepSettings;
  /** Learning rate at a position: that of the stage times schedule and warm-up; a group's own factor is on top. */
  learningRate(position: SchedulePosition): number;
  /** The factors the optimiser's groups are given at a position. */
  rateFactor(position: SchedulePosition): RateFactor;
  /** Ratings on the lab scale to the scale the loss sees. */
  toLossScale(ratings: Float32Array): Float32Array;
  dispose(): void;
}

export interface TrainingSpec {
  readonly modelParams: Readonly<ParamValues>;
  readonly trainer: Readonly<ParamValues>;
  /** Null for the baseline. */
  readonly nt: Readonly<ParamValues> | null;
  /** Adversarial training; absent: none. */
  readonly at?: Readonly<ParamValues>;
  readonly seed: number;
  /** The data set's ratings to lab scale: lab = scale * rating + offset. Absent: they are on it. */
  readonly ratingScale?: Affine;
}

/**
 * Builds model, optimiser and step from settings.
 * @throws LabError `bad-input` naming a bad setting; settings of other parts (views) are ignored here
 */
export function buildTraining(def: ModelDef, spec: TrainingSpec): Training {
  const trainer = trainerValues(def, spec.trainer);
  const nt = spec.nt && checkValues('gradient norm', ntSpecs(def), spec.nt, def.recipe.nt);
  const at = spec.at ? checkValues('adversarial training', atParams, spec.at) : null;
  const plan = (def.recipe.plan ?? plainPlan)(trainer);
  const epochs = totalEpochs(plan);
  const model = def.build(checkValues(def.title, def.params, spec.modelParams), spec.seed);
  const optimizer = new StagedOptimizer(plan, model.parameters(), trainer);
  const schedule = schedules.find(read.string(trainer, 'schedule'));
  const warmupSteps = read.number(trainer, 'warmupSteps');
  const { fromNative, fromLab } = lossScale(trainer, def.labScale, spec.ratingScale);
  const loss = losses.find(read.string(trainer, 'loss'));
  const step: StepSettings = {
    loss: {
      judgesHeads: loss.judgesHeads ?? false,
      evaluate: (prediction, target) => loss.evaluate(prediction, target, trainer),
    },
    norm: normSettings(nt),
    adversarial: adversarialSettings(at),
    scale: fromNative,
    seed: spec.seed,
    recompute: read.boolean(trainer, 'recompute'),
  };
  /** The schedule sees a stage as a training of its own, as it has an optimiser of its own. */
  const scheduled = (position: SchedulePosition): number => {
    const at = stageAt(plan, position.epoch);
    const stepsPerEpoch = position.totalSteps / epochs;
    const own: SchedulePosition = {
      epoch: at.epoch,
      step: position.step - at.before * stepsPerEpoch,
      totalSteps: at.stage.epochs * stepsPerEpoch,
    };
    const warm = Math.min(1, (own.step + 1) / Math.max(1, warmupSteps));
    return warm * schedule.factor(own, trainer);
  };
  const stepAt = (epoch: number): StepSettings => {
    const at = stageAt(plan, epoch);
    const active = membersOf(at.stage, model.parameters()).filter(
      (_, group) => at.stage.groups[group]?.rate(at.epoch) !== null,
    );
    const trained = new Set(active.flatMap((members) => [...members.keys()]));
    return { ...step, trained, norm: at.stage.norm === false ? null : step.norm };
  };
  return {
    model,
    plan,
    optimizer,
    step,
    epochs,
    batchSize: read.number(trainer, 'batchSize'),
    stepAt,
    rateFactor: (position) => {
      const at = stageAt(plan, position.epoch);
      const factor = scheduled(position);
      return at.stage.groups.map((group) => {
        const rate = group.rate(at.epoch);
        return rate === null ? null : rate * factor;
      });
    },
    learningRate: (position) =>
      stageAt(plan, position.epoch).stage.learningRate * scheduled(position),
    toLossScale: (ratings) => ratings.map((y) => fromLab.scale * y + fromLab.offset),
    dispose() {
      optimizer.dispose();
      model.dispose();
    },
  };
}

/** Checked trainer settings, this model's own included; those of other parts (views, selection) are left out. */
function trainerValues(def: ModelDef, given: Readonly<ParamValues>): ParamValues {
  const { settings = [], trainer } = def.recipe;
  const specs = [...trainerParams, ...(def.mapped ? mappingParams : []), ...settings];
  const own = new Set(specs.map((param) => param.id));
  const ours = (values: Readonly<ParamValues>): ParamValues =>
    Object.fromEntries(Object.entries(values).filter(([id]) => own.has(id)));
  return checkValues('trainer', specs, ours(given), ours(trainer));
}
