import type { ParamValues } from '@shared/params';

/**
 * How a model is trained where one optimiser for all weights is not enough. A model without a plan trains in one stage
 * with one group that holds every weight.
 */
export type TrainingPlan = readonly Stage[];

/** A part of the training with an optimiser of its own; the first epoch of a stage starts with fresh moments. */
export interface Stage {
  readonly id: string;
  /** "fully connected layer only" */
  readonly title: string;
  readonly epochs: number;
  /** File stem in src/worker/training/optimizers. */
  readonly optimizer: string;
  readonly learningRate: number;
  readonly weightDecay: number;
  /** A weight belongs to the first group that claims it; one that no group claims is frozen in this stage. */
  readonly groups: readonly ParameterGroup[];
  /** Starts from the best checkpoint of the stage before (by the run's selection rule), not from its last weights. */
  readonly fromBest?: boolean;
  /** A new optimiser, moments at zero, at the start of every epoch. */
  readonly freshEachEpoch?: boolean;
  /** False trains this stage of an NT run without the gradient-norm term; default true. */
  readonly norm?: boolean;
}

export interface ParameterGroup {
  readonly id: string;
  /** State-dict names start with one of these; the empty string claims everything. */
  readonly prefixes: readonly string[];
  /**
   * Factor on the stage's learning rate in an epoch (0-based within the stage), times the trainer's schedule. Null takes
   * the group out of the optimiser for that epoch: no step, no decay, no moments.
   */
  rate(epoch: number): number | null;
}

/** @param trainer checked trainer settings of the run */
export type Plan = (trainer: Readonly<ParamValues>) => TrainingPlan;
