import * as tf from '@tensorflow/tfjs-core';
import { biasAdd } from '../engine';
import { avgPool2d, pad2d } from './functional';
import { uniformFanIn } from './init';
import type { Initialiser } from './init';
import { Module } from './module';
import type { Scope } from './module';

export interface Conv2dOptions {
  readonly inputs: number;
  readonly outputs: number;
  readonly kernel: number;
  readonly stride?: number;
  /**
   * Rows and columns added on every side, or `same`, TensorFlow's: as many as the output of `ceil(size / stride)` needs,
   * the odd one at the far side.
   */
  readonly padding?: number | 'same';
  readonly bias?: boolean;
  readonly initialise?: Initialiser;
  readonly initialiseBias?: Initialiser;
}

/** 2-D convolution on `[n, h, w, in]`; weights, padding and default initialisation as PyTorch's `nn.Conv2d`. */
export class Conv2d extends Module {
  readonly weight: tf.Variable<tf.Rank.R4>;
  readonly bias: tf.Variable<tf.Rank.R1> | undefined;
  readonly #stride: number;
  readonly #padding: number;
  /** The engine pads by itself where its "same" is what is asked for: no padded copy to make and keep. */
  readonly #same: boolean;
  /**
   * A 1x1 convolution that skips pixels is one without stride on the pixels that are left. libtensorflow 2.21's filter
   * gradient of the strided form overruns its memory for odd batches (3 or 5 pictures of 8 channels end the process).
   */
  readonly #thins: boolean;

  constructor(scope: Scope, options: Conv2dOptions) {
    super(scope);
    const { inputs, outputs, kernel, stride = 1, padding = 0, bias = true } = options;
    const initialise = uniformFanIn(inputs * kernel * kernel);
    this.weight = this.parameter(
      'weight',
      [outputs, inputs, kernel, kernel],
      'conv',
      options.initialise ?? initialise,
    );
    this.bias = bias
      ? this.parameter('bias', [outputs], 'plain', options.initialiseBias ?? initialise)
      : undefined;
    this.#stride = stride;
    this.#thins = stride > 1 && kernel === 1 && (padding === 'same' || padding === 0);
    this.#same = padding === 'same' || (stride === 1 && padding > 0 && kernel === 2 * padding + 1);
    this.#padding = padding === 'same' ? 0 : padding;
  }

  forward(x: tf.Tensor4D): tf.Tensor4D {
    return tf.tidy(() => {
      const y = this.convolve(x, this.weight);
      return this.bias ? biasAdd(y, this.bias as unknown as tf.Tensor1D) : y;
    });
  }

  /** The convolution alone, with other weights in its own weights' place: `[kernel, kernel, in, out]`. */
  convolve(x: tf.Tensor4D, weight: tf.Tensor4D): tf.Tensor4D {
    if (this.#thins) {
      // Windows of one pixel: their mean is the pixel.
      const left = avgPool2d(x, { kernel: 1, stride: this.#stride });
      return tf.conv2d(left, weight, 1, 'valid');
    }
    return this.#same
      ? tf.conv2d(x, weight, this.#stride, 'same')
      : tf.conv2d(pad2d(x, this.#padding), weight, this.#stride, 'valid');
  }
}

export interface LinearOptions {
  readonly inputs: number;
  readonly outputs: number;
  readonly bias?: boolean;
  readonly initialise?: Initialiser;
  readonly initialiseBias?: Initialiser;
}

/** `x W + b` on `[..., in]`; weights and default initialisation as PyTorch's `nn.Linear`. */
export class Linear extends Module {
  readonly weight: tf.Variable<tf.Rank.R2>;
  readonly bias: tf.Variable<tf.Rank.R1> | undefined;

  constructor(scope: Scope, options: LinearOptions) {
    super(scope);
    const { inputs, outputs, bias = true } = options;
    const initialise = uniformFanIn(inputs);
    this.weight = this.parameter(
      'weight',
      [outputs, inputs],
      'linear',
      options.initialise ?? initialise,
    );
    this.bias = bias
      ? this.parameter('bias', [outputs], 'plain', options.initialiseBias ?? initialise)
      : undefined;
  }

  /** @param x `[..., in]` of any rank above 1; @returns `[..., out]` */
  forward<T extends tf.Tensor>(x: T): T {
    return tf.tidy(() => {
      const [inputs, outputs] = this.weight.shape;
      const rows = x.rank === 2 ? x : tf.reshape(x, [-1, inputs]);
      const product: tf.Tensor2D = tf.matMul(rows, this.weight);
      const y = this.bias ? biasAdd(product, this.bias as unknown as tf.Tensor1D) : product;
      return (x.rank === 2 ? y : tf.reshape(y, [...x.shape.slice(0, -1), outputs])) as T;
    });
  }
}
