import * as tf from '@tensorflow/tfjs-core';
import { batchNormTraining, isRecomputing } from '../engine';
import { constant } from './init';
import { Module } from './module';
import type { Scope } from './module';

/**
 * How batch normalisation behaves in a pass:
 *   batch         batch statistics, and the running ones follow (PyTorch's train mode)
 *   batch-frozen  batch statistics, the running ones stay
 *   running       running statistics (PyTorch's eval mode)
 */
export type BatchNormMode = 'batch' | 'batch-frozen' | 'running';

export interface BatchNormOptions {
  /** Inside the root; PyTorch's default is 1e-5. */
  readonly epsilon?: number;
  /** Share of a new batch in the running statistics; PyTorch's default is 0.1. */
  readonly momentum?: number;
}

/**
 * Batch normalisation (Ioffe & Szegedy, 2015) over the last axis of `[n, h, w, c]` or `[n, c]`, as PyTorch's
 * BatchNorm2d and BatchNorm1d: biased variance in the normalisation, unbiased in the running variance,
 * running = (1 - momentum) running + momentum batch.
 */
export class BatchNorm extends Module {
  readonly #scale: tf.Variable<tf.Rank.R1>;
  readonly #offset: tf.Variable<tf.Rank.R1>;
  readonly #runningMean: tf.Variable<tf.Rank.R1>;
  readonly #runningVariance: tf.Variable<tf.Rank.R1>;
  readonly #batches: tf.Variable<tf.Rank.R0>;
  readonly #epsilon: number;
  readonly #momentum: number;

  constructor(
    scope: Scope,
    channels: number,
    { epsilon = 1e-5, momentum = 0.1 }: BatchNormOptions = {},
  ) {
    super(scope);
    this.#epsilon = epsilon;
    this.#momentum = momentum;
    this.#scale = this.parameter('weight', [channels], 'plain', constant(1));
    this.#offset = this.parameter('bias', [channels], 'plain', constant(0));
    this.#runningMean = this.buffer('running_mean', [channels], 0);
    this.#runningVariance = this.buffer('running_var', [channels], 1);
    this.#batches = this.buffer('num_batches_tracked', [], 0);
  }

  forward<T extends tf.Tensor>(x: T, mode: BatchNormMode): T {
    if (mode === 'running') {
      const { factor, shift } = this.line();
      return tf.add(tf.mul(x, factor), shift);
    }
    const scale = this.#scale as unknown as tf.Tensor1D;
    const offset = this.#offset as unknown as tf.Tensor1D;
    const { y, mean, variance } = batchNormTraining(x, scale, offset, this.#epsilon);
    // A block that is recomputed for its gradient has been counted already.
    if (mode === 'batch' && !isRecomputing()) {
      this.#follow(this.#runningMean, mean);
      this.#follow(this.#runningVariance, variance);
      this.#batches.assign(tf.add(this.#batches, 1));
    }
    return y;
  }

  /** What normalisation by the running statistics comes to: y = factor x + shift, both `[channels]`. */
  line(): { factor: tf.Tensor1D; shift: tf.Tensor1D } {
    const root = tf.rsqrt(tf.add(this.#runningVariance, this.#epsilon));
    const factor: tf.Tensor1D = tf.mul(this.#scale, root);
    return { factor, shift: tf.sub(this.#offset, tf.mul(this.#runningMean, factor)) };
  }

  #follow(running: tf.Variable<tf.Rank.R1>, batch: tf.Tensor1D): void {
    tf.tidy(() => {
      running.assign(tf.add(tf.mul(running, 1 - this.#momentum), tf.mul(batch, this.#momentum)));
    });
  }
}
