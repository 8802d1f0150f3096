import * as tf from '@tensorflow/tfjs-core';
import { constant } from './init';
import { Module } from './module';
import type { Scope } from './module';

/**
 * Layer normalisation (Ba, Kiros & Hinton, 2016) over the last axis of `[..., channels]`, as PyTorch's `nn.LayerNorm`:
 * biased variance, epsilon inside the root.
 */
export class LayerNorm extends Module {
  readonly #scale: tf.Variable<tf.Rank.R1>;
  readonly #offset: tf.Variable<tf.Rank.R1>;
  readonly #epsilon: number;

  /** @param epsilon PyTorch's default is 1e-5; the vision transformers of timm use 1e-6 */
  constructor(scope: Scope, channels: number, epsilon = 1e-5) {
    super(scope);
    this.#scale = this.parameter('weight', [channels], 'plain', constant(1));
    this.#offset = this.parameter('bias', [channels], 'plain', constant(0));
    this.#epsilon = epsilon;
  }

  forward<T extends tf.Tensor>(x: T): T {
    return layerNorm(x, this.#scale, this.#offset, this.#epsilon);
  }
}

/**
 * With n = (x - mean) / sqrt(variance + eps) and y = scale * n + offset, per row of `channels` values:
 *   d offset = sum(dy), d scale = sum(dy * n) over rows,
 *   dx = (g - mean(g) - n * mean(g * n)) / sqrt(variance + eps),  g = dy * scale.
 * One node on the tape that keeps n and the root; composed, it would keep five tensors of the size of x.
 */
export function layerNorm<T extends tf.Tensor>(
  x: T,
  scale: tf.Tensor,
  offset: tf.Tensor,
  epsilon: number,
): T {
  const node = tf.customGrad((...args) => {
    const [values, factor, shift, save] = args as unknown as [
      tf.Tensor,
      tf.Tensor,
      tf.Tensor,
      tf.GradSaveFunc,
    ];
    const centred = tf.sub(values, tf.mean(values, -1, true));
    const inverse = tf.rsqrt(tf.add(tf.mean(tf.square(centred), -1, true), epsilon));
    const normal = tf.mul(centred, inverse);
    save([normal, inverse, factor]);
    return {
      value: tf.add(tf.mul(normal, factor), shift),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => gradients(dy, saved),
    };
  });
  return node(x, scale, offset) as T;
}

function gradients(dy: tf.Tensor, saved: readonly tf.Tensor[]): tf.Tensor[] {
  const [normal, inverse, factor] = saved as [tf.Tensor, tf.Tensor, tf.Tensor];
  const rows = dy.shape.slice(0, -1).map((_, axis) => axis);
  const dyNormal = tf.mul(dy, normal);
  const g = tf.mul(dy, factor);
  const along = tf.mul(normal, tf.mean(tf.mul(dyNormal, factor), -1, true));
  const dx = tf.mul(tf.sub(tf.sub(g, tf.mean(g, -1, true)), along), inverse);
  return [dx, tf.sum(dyNormal, rows), tf.sum(dy, rows)];
}
