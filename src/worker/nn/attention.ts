import * as tf from '@tensorflow/tfjs-core';
import type { Initialiser } from './init';
import { Linear } from './layers';
import { Module } from './module';
import type { Scope } from './module';

/**
 * Scaled dot-product attention without the scale: softmax(q k^T + bias) v (Vaswani et al., 2017, Eq. 1).
 *
 * @param q `[..., n, d]`, already scaled; @param k `[..., n, d]`; @param v `[..., n, e]`
 * @param bias added to the logits before the softmax, any shape that broadcasts to `[..., n, n]`
 * @returns `[..., n, e]`
 */
export function attend<T extends tf.Tensor>(q: T, k: T, v: T, bias?: (logits: T) => T): T {
  return tf.tidy(() => {
    const logits: T = tf.matMul(q, k, false, true);
    const shares: T = tf.softmax(bias ? bias(logits) : logits);
    return tf.matMul(shares, v);
  });
}

export interface AttentionOptions {
  readonly channels: number;
  readonly heads: number;
  /** Initial weights and biases of both linear layers; PyTorch's defaults when absent. */
  readonly initialise?: Initialiser;
  readonly initialiseBias?: Initialiser;
}

/**
 * Multi-head self-attention as timm's and Swin's: one linear layer for q, k and v in this order, each as heads of
 * channels / heads values, q scaled by 1 / sqrt(channels / heads), and a linear layer over the joined heads.
 */
export class MultiHeadAttention extends Module {
  readonly #qkv: Linear;
  readonly #proj: Linear;
  readonly #heads: number;

  constructor(scope: Scope, options: AttentionOptions) {
    super(scope);
    const { channels, heads, initialise, initialiseBias } = options;
    const linear = (name: string, outputs: number): Linear =>
      this.child(
        name,
        (inner) => new Linear(inner, { inputs: channels, outputs, initialise, initialiseBias }),
      );
    this.#qkv = linear('qkv', 3 * channels);
    this.#proj = linear('proj', channels);
    this.#heads = heads;
  }

  /**
   * @param x tokens `[groups, n, channels]`; a token sees those of its own group
   * @param bias adds to the logits `[groups, heads, n, n]`
   */
  forward(x: tf.Tensor3D, bias?: (logits: tf.Tensor4D) => tf.Tensor4D): tf.Tensor3D {
    const [groups, n, channels] = x.shape;
    const width = channels / this.#heads;
    return tf.tidy(() => {
      const joined = tf.reshape(this.#qkv.forward(x), [groups, n, 3, this.#heads, width]);
      const [q, k, v] = tf.unstack(tf.transpose(joined, [2, 0, 3, 1, 4])) as [
        tf.Tensor4D,
        tf.Tensor4D,
        tf.Tensor4D,
      ];
      const seen = attend(tf.mul<tf.Tensor4D>(q, 1 / Math.sqrt(width)), k, v, bias);
      const merged = tf.reshape(tf.transpose(seen, [0, 2, 1, 3]), [groups, n, channels]);
      return this.#proj.forward(merged as tf.Tensor3D);
    });
  }
}
