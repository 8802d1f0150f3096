import * as tf from '@tensorflow/tfjs-core';
import { uniformFanIn } from './init';
import type { Initialiser } from './init';
import { Module } from './module';
import type { Scope } from './module';

export interface DepthwiseConv2dOptions {
  readonly channels: number;
  readonly kernel: number;
  readonly stride?: number;
  readonly initialise?: Initialiser;
}

/**
 * Convolution of each channel with a filter of its own, without a bias, on `[n, h, w, channels]`: PyTorch's `nn.Conv2d`
 * with as many groups as channels, weight `[channels, 1, kernel, kernel]`. Padding is TensorFlow's `same` (see Conv2d).
 */
export class DepthwiseConv2d extends Module {
  /** `[kernel, kernel, 1, channels]` on the engine. */
  readonly weight: tf.Variable<tf.Rank.R4>;
  readonly #stride: number;

  constructor(scope: Scope, { channels, kernel, stride = 1, initialise }: DepthwiseConv2dOptions) {
    super(scope);
    this.weight = this.parameter(
      'weight',
      [channels, 1, kernel, kernel],
      'conv',
      initialise ?? uniformFanIn(kernel * kernel),
    );
    this.#stride = stride;
  }

  forward(x: tf.Tensor4D): tf.Tensor4D {
    return tf.tidy(() => this.convolve(x, this.weight));
  }

  /** The convolution with other weights in its own weights' place: `[kernel, kernel, 1, channels]`. */
  convolve(x: tf.Tensor4D, weight: tf.Tensor4D): tf.Tensor4D {
    const [height, width, , channels] = weight.shape;
    // The engine wants the channel multiplier last; both orders are the same values in the same places.
    const filter = tf.reshape<tf.Rank.R4>(weight, [height, width, channels, 1]);
    return tf.depthwiseConv2d(x, filter, this.#stride, 'same');
  }
}
