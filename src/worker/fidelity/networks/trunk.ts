import * as tf from '@tensorflow/tfjs-core';
import { pad2d } from '../../nn';
import { toEngine, engineShape } from '../../nn/layout';
import type { WeightTensor } from '../../weights';

export type Tensors = ReadonlyMap<string, WeightTensor>;

/** The convolutional part of a trained network, fixed, read at several depths. */
export interface Trunk {
  /** Fewest rows and columns it can take. */
  readonly smallest: number;
  /** Channels of each tap. */
  readonly channels: readonly number[];
  /**
   * Activations after the ReLU at each tap.
   * @param x normalised `[n, height, width, 3]`
   */
  taps(x: tf.Tensor4D): tf.Tensor4D[];
  dispose(): void;
}

/** A convolution with bias, then ReLU, whose weights never change. */
export class FixedConv {
  readonly #filter: tf.Tensor4D;
  readonly #bias: tf.Tensor1D;
  readonly channels: number;

  /**
   * @param tensors by PyTorch's names; reads `<name>.weight` `[out, in, k, k]` and `<name>.bias`
   * @throws Error naming a tensor that is not there
   */
  constructor(tensors: Tensors, name: string) {
    const weight = tensorOf(tensors, `${name}.weight`);
    const bias = tensorOf(tensors, `${name}.bias`);
    const shape = engineShape('conv', weight.shape) as [number, number, number, number];
    this.#filter = tf.keep(tf.tensor4d(toEngine('conv', weight.data, weight.shape), shape));
    this.#bias = tf.keep(tf.tensor1d(bias.data));
    this.channels = bias.data.length;
  }

  /** @param padding rows and columns of zeros on every side; `same`: the input's size is kept */
  apply(x: tf.Tensor4D, stride = 1, padding: number | 'same' = 'same'): tf.Tensor4D {
    const y =
      padding === 'same'
        ? tf.conv2d(x, this.#filter, stride, 'same')
        : tf.conv2d(pad2d(x, padding), this.#filter, stride, 'valid');
    return tf.relu(tf.add(y, this.#bias));
  }

  dispose(): void {
    tf.dispose([this.#filter, this.#bias]);
  }
}

/** @throws Error naming the tensor where it is not there */
export function tensorOf(tensors: Tensors, name: string): WeightTensor {
  const tensor = tensors.get(name);
  if (!tensor) throw new Error(`the weights have no tensor "${name}"`);
  return tensor;
}
