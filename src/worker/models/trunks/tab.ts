import * as tf from '@tensorflow/tfjs-core';
import { Linear, Module, attend, dropout } from '../../nn';
import type { Scope } from '../../nn';
import type { ForwardContext } from '../model';

/**
 * MANIQA's transposed attention block (Yang et al., CVPRW 2022): each channel is a vector over the tokens, and channels
 * attend to channels.
 */
export class ChannelAttention extends Module {
  readonly #q: Linear;
  readonly #k: Linear;
  readonly #v: Linear;
  readonly #name: string;
  readonly #tokens: number;
  readonly #rate: number;

  /** @param name distinguishes this block's dropout draws; @param rate share of values left out in training */
  constructor(scope: Scope, name: string, tokens: number, rate: number) {
    super(scope);
    const linear = (part: string): Linear =>
      this.child(part, (inner) => new Linear(inner, { inputs: tokens, outputs: tokens }));
    this.#q = linear('c_q');
    this.#k = linear('c_k');
    this.#v = linear('c_v');
    this.#name = name;
    this.#tokens = tokens;
    this.#rate = rate;
  }

  /** @param x `[n, channels, tokens]`; @returns the same shape */
  forward(x: tf.Tensor3D, { training, seed, step }: ForwardContext): tf.Tensor3D {
    return tf.tidy(() => {
      // Scaling q costs a fraction of scaling the channels x channels logits.
      const q: tf.Tensor3D = tf.mul(this.#q.forward(x), 1 / Math.sqrt(this.#tokens));
      const mixed = scramble(attend(q, this.#k.forward(x), this.#v.forward(x)));
      const kept = training ? dropout(mixed, this.#rate, { seed, step, name: this.#name }) : mixed;
      return tf.add(x, kept);
    });
  }
}

/**
 * The released code transposes (channels, tokens) to (tokens, channels) and then reads that memory as (channels,
 * tokens) again. It mixes positions and channels, and trained weights rely on it.
 *
 * @param y `[n, channels, tokens]`; @returns the same shape
 */
export function scramble(y: tf.Tensor3D): tf.Tensor3D {
  return tf.reshape(tf.transpose(y, [0, 2, 1]), y.shape);
}
