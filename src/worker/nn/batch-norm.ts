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

const EPSILON = 1e-5;
const MOMENTUM = 0.1;

/**
 * Batch normalisation (Ioffe & Szegedy, 2015) over the last axis of `[n, h, w, c]` or `[n, c]`, as PyTorch's
 * BatchNorm2d and BatchNorm1d: biased variance in the normalisation, unbiased in the running variance,
 * running = 0.9 running + 0.1 batch, eps 1e-5.
 */
export class BatchNorm extends Module {
  readonly #scale: tf.Variable<tf.Rank.R1>;
  readonly #offset: tf.Variable<tf.Rank.R1>;
  readonly #runningMean: tf.Variable<tf.Rank.R1>;
  readonly #runningVariance: tf.Variable<tf.Rank.R1>;
  readonly #batches: tf.Variable<tf.Rank.R0>;

  constructor(scope: Scope, channels: number) {
    super(scope);
    this.#scale = this.parameter('weight', [channels], 'plain', constant(1));
    this.#offset = this.parameter('bias', [channels], 'plain', constant(0));
    this.#runningMean = this.buffer('running_mean', [channels], 0);
    this.#runningVariance = this.buffer('running_var', [channels], 1);
    this.#batches = this.buffer('num_batches_tracked', [], 0);
  }

  forward<T extends tf.Tensor>(x: T, mode: BatchNormMode): T {
    const scale = this.#scale as unknown as tf.Tensor1D;
    const offset = this.#offset as unknown as tf.Tensor1D;
    if (mode === 'running') {
      const factor = tf.mul(scale, tf.rsqrt(tf.add(this.#runningVariance, EPSILON)));
      const shift = tf.sub(offset, tf.mul(this.#runningMean, factor));
      return tf.add(tf.mul(x, factor), shift);
    }
    const { y, mean, variance } = batchNormTraining(x, scale, offset, EPSILON);
    // A block that is recomputed for its gradient has been counted already.
    if (mode === 'batch' && !isRecomputing()) {
      follow(this.#runningMean, mean);
      follow(this.#runningVariance, variance);
      this.#batches.assign(tf.add(this.#batches, 1));
    }
    return y;
  }
}

function follow(running: tf.Variable<tf.Rank.R1>, batch: tf.Tensor1D): void {
  tf.tidy(() => {
    running.assign(tf.add(tf.mul(running, 1 - MOMENTUM), tf.mul(batch, MOMENTUM)));
  });
}
