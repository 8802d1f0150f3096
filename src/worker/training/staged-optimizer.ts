import type * as tf from '@tensorflow/tfjs-core';
import type { ParamValues } from '@shared/params';
import type { TrainingPlan } from '../models/plan';
import type { StateEntry } from '../nn';
import { optimizers } from './optimizers';
import type { Gradients, Optimizer, RateFactor } from './optimizers';
import { membersOf, stageAt, totalEpochs } from './stages';

/**
 * The optimiser of a plan: within a stage it is the stage's own, and its moments begin at zero where the plan says so.
 * What it holds is a function of the position, so a checkpoint can be continued from in any stage.
 */
export class StagedOptimizer implements Optimizer {
  readonly #plan: TrainingPlan;
  readonly #parameters: ReadonlyMap<string, tf.Variable>;
  readonly #values: Readonly<ParamValues>;
  #epoch = 0;
  #inner: Optimizer;

  /** @param values trainer settings, for what an optimiser itself can be set to */
  constructor(
    plan: TrainingPlan,
    parameters: ReadonlyMap<string, tf.Variable>,
    values: Readonly<ParamValues>,
  ) {
    this.#plan = plan;
    this.#parameters = parameters;
    this.#values = values;
    this.#inner = this.#make(0);
  }

  /**
   * Prepares for an epoch (0-based), once it is sure that the one before it takes no more steps: what it holds is then
   * what the epoch's first step meets.
   */
  enter(epoch: number): void {
    const [from, to] = [stageAt(this.#plan, this.#epoch), stageAt(this.#plan, epoch)];
    const fresh = from.index !== to.index || (to.stage.freshEachEpoch && epoch !== this.#epoch);
    this.#epoch = epoch;
    if (!fresh) return;
    this.#inner.dispose();
    this.#inner = this.#make(epoch);
  }

  step(gradients: Gradients, rateFactor: RateFactor): void {
    this.#inner.step(gradients, rateFactor);
  }

  state(): Map<string, StateEntry> {
    return this.#inner.state();
  }

  /** @param epoch 0-based, the one a checkpoint with this state continues with; the current one by default */
  load(state: ReadonlyMap<string, StateEntry>, epoch = this.#epoch): void {
    // A finished training's checkpoint stands behind its last epoch.
    const entered = Math.min(epoch, totalEpochs(this.#plan) - 1);
    const loaded = this.#make(entered);
    try {
      loaded.load(state);
    } catch (error) {
      loaded.dispose();
      throw error;
    }
    this.#inner.dispose();
    this.#inner = loaded;
    this.#epoch = entered;
  }

  dispose(): void {
    this.#inner.dispose();
  }

  #make(epoch: number): Optimizer {
    const { stage } = stageAt(this.#plan, epoch);
    const { learningRate, weightDecay } = stage;
    const groups = membersOf(stage, this.#parameters).map((parameters) => ({
      parameters,
      learningRate,
      weightDecay,
    }));
    return optimizers.find(stage.optimizer).build(groups, this.#values);
  }
}
