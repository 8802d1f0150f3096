import type * as tf from '@tensorflow/tfjs-core';
import type { ParamValues } from '@shared/params';
import { read } from '@shared/params';
import type { Stage, TrainingPlan } from '../models/plan';

/** Where an epoch stands in a plan. */
export interface StageAt {
  readonly stage: Stage;
  /** Of the stage in the plan. */
  readonly index: number;
  /** 0-based within the stage. */
  readonly epoch: number;
  /** Epochs of the stages before. */
  readonly before: number;
}

/** One stage, one group, the trainer's own optimiser: how a model without a plan is trained. */
export function plainPlan(trainer: Readonly<ParamValues>): TrainingPlan {
  return [
    {
      id: 'all',
      title: 'all weights',
      epochs: read.number(trainer, 'epochs'),
      optimizer: read.string(trainer, 'optimizer'),
      learningRate: read.number(trainer, 'learningRate'),
      weightDecay: read.number(trainer, 'weightDecay'),
      groups: [{ id: 'all', prefixes: [''], rate: () => 1 }],
    },
  ];
}

/** Epochs of all stages together. */
export function totalEpochs(plan: TrainingPlan): number {
  return plan.reduce((sum, stage) => sum + stage.epochs, 0);
}

/**
 * The stage of an epoch: a function of the two alone. A stage of no epochs is passed over.
 * @param epoch 0-based over the whole training
 * @throws RangeError outside the plan
 */
export function stageAt(plan: TrainingPlan, epoch: number): StageAt {
  let before = 0;
  for (const [index, stage] of plan.entries()) {
    if (epoch >= before && epoch < before + stage.epochs) {
      return { stage, index, epoch: epoch - before, before };
    }
    before += stage.epochs;
  }
  throw new RangeError(`stageAt: the plan has ${before} epochs, got epoch index ${epoch}`);
}

/** Whether an epoch begins with weights from the best checkpoint of the stage before it. */
export function startsFromBest(plan: TrainingPlan, epoch: number): boolean {
  const at = stageAt(plan, epoch);
  return at.epoch === 0 && at.before > 0 && at.stage.fromBest === true;
}

/** A stage's groups with their weights: each weight in the first group that claims it. */
export function membersOf<T extends tf.Variable>(
  stage: Stage,
  parameters: ReadonlyMap<string, T>,
): ReadonlyMap<string, T>[] {
  const members = stage.groups.map(() => new Map<string, T>());
  for (const [name, variable] of parameters) {
    const group = stage.groups.findIndex(({ prefixes }) =>
      prefixes.some((prefix) => name.startsWith(prefix)),
    );
    members[group]?.set(name, variable);
  }
  return members;
}
