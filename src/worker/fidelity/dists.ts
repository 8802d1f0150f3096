import * as tf from '@tensorflow/tfjs-core';
import { IMAGENET, normalise } from '../models/trunks/normalise';
import type { Comparison } from './comparison';
import { tensorOf, type Tensors } from './networks/trunk';
import { Vgg16 } from './networks/vgg16';

/** Keeps quotients finite where a channel is flat. */
const c = 1e-6;

/**
 * DISTS (Ding, Ma, Wang & Simoncelli, IEEE TPAMI 2022) on pictures as they are, without resizing:
 *
 *   D = sum_j alpha_j (1 - S1_j) + beta_j (1 - S2_j)  over  sum_j alpha_j + beta_j,
 *   S1 = (2 mx my + c) / (mx^2 + my^2 + c),  S2 = (2 sxy + c) / (sx^2 + sy^2 + c),
 *
 * j running over the channels of the picture itself and of five taps of VGG-16, m, s^2 and sxy being
 * means, variances and covariance over all positions. This is 1 minus the published sum, written so
 * that equal pictures give 0 without rounding.
 */
export class Dists implements Comparison {
  readonly id = 'dists';
  readonly smallest = 1;
  readonly #trunk: Vgg16;
  /** alpha and beta over their sum, `[channels]` each, of the picture and of each tap. */
  readonly #weights: readonly { alpha: tf.Tensor1D; beta: tf.Tensor1D }[];

  /**
   * @param trunk VGG-16 by torchvision's names
   * @param weights `alpha` and `beta`, `[1, 3 + channels of the taps, 1, 1]`
   * @throws Error where their numbers of channels differ
   */
  constructor(trunk: Tensors, weights: Tensors) {
    this.#trunk = new Vgg16(trunk, 'l2');
    const alpha = tensorOf(weights, 'alpha').data;
    const beta = tensorOf(weights, 'beta').data;
    const sizes = [3, ...this.#trunk.channels];
    const channels = sizes.reduce((sum, size) => sum + size, 0);
    if (alpha.length !== channels || beta.length !== channels) {
      const got = `${alpha.length} and ${beta.length}`;
      throw new Error(`dists: the trunk has ${channels} channels, got ${got} weights`);
    }
    let sum = 0;
    for (const value of [...alpha, ...beta]) sum += value;
    let from = 0;
    this.#weights = sizes.map((size) => {
      const part = (all: Float32Array): tf.Tensor1D =>
        tf.keep(tf.tensor1d(all.slice(from, from + size).map((value) => value / sum)));
      const both = { alpha: part(alpha), beta: part(beta) };
      from += size;
      return both;
    });
  }

  features(x: tf.Tensor4D): tf.Tensor[] {
    return [x, ...this.#trunk.taps(normalise(x, IMAGENET))];
  }

  distance(originals: readonly tf.Tensor[], pictures: readonly tf.Tensor[]): tf.Tensor1D {
    const parts = this.#weights.map(({ alpha, beta }, i) => {
      const [x, y] = [originals[i] as tf.Tensor4D, pictures[i] as tf.Tensor4D];
      const [mx, my] = [tf.mean(x, [1, 2], true), tf.mean(y, [1, 2], true)];
      const [dx, dy] = [tf.sub(x, mx), tf.sub(y, my)];
      const over = (z: tf.Tensor): tf.Tensor => tf.mean(z, [1, 2], true);
      const means = unlikeness(tf.mul(mx, my), tf.square(mx), tf.square(my));
      const textures = unlikeness(over(tf.mul(dx, dy)), over(tf.square(dx)), over(tf.square(dy)));
      const weighted = tf.add(tf.mul(means, alpha), tf.mul(textures, beta));
      return tf.sum<tf.Tensor1D>(weighted, [1, 2, 3]);
    });
    return tf.addN(parts);
  }

  dispose(): void {
    for (const { alpha, beta } of this.#weights) tf.dispose([alpha, beta]);
    this.#trunk.dispose();
  }
}

/** 1 - (2 xy + c) / (x^2 + y^2 + c). */
function unlikeness(product: tf.Tensor, xSquare: tf.Tensor, ySquare: tf.Tensor): tf.Tensor {
  const squares = tf.add(xSquare, ySquare);
  return tf.div(tf.sub(squares, tf.mul(product, 2)), tf.add(squares, c));
}
