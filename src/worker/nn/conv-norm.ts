import * as tf from '@tensorflow/tfjs-core';
import { biasAdd } from '../engine';
import type { BatchNorm, BatchNormMode } from './batch-norm';

/** A convolution without a bias whose weights can be lent to it, output channels last. */
interface Convolution {
  readonly weight: tf.Variable<tf.Rank.R4>;
  convolve(x: tf.Tensor4D, weight: tf.Tensor4D): tf.Tensor4D;
}

/**
 * A convolution without a bias followed by batch normalisation.
 *
 * With running statistics the normalisation is a line per channel, factor * z + shift, and is folded into the
 * convolution: its weights are multiplied by the factor, and the shift is added as a bias. That saves a pass over the
 * output and, in training, the memory of one copy of it; the gradients of weight, scale and offset come out the same.
 */
export class ConvNorm {
  readonly #convolution: Convolution;
  readonly #norm: BatchNorm;

  constructor(convolution: Convolution, norm: BatchNorm) {
    this.#convolution = convolution;
    this.#norm = norm;
  }

  forward(x: tf.Tensor4D, mode: BatchNormMode): tf.Tensor4D {
    const weight = this.#convolution.weight as unknown as tf.Tensor4D;
    return tf.tidy(() => {
      if (mode !== 'running')
        return this.#norm.forward(this.#convolution.convolve(x, weight), mode);
      const { factor, shift } = this.#norm.line();
      return biasAdd(this.#convolution.convolve(x, tf.mul(weight, factor)), shift);
    });
  }
}
