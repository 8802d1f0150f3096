import * as tf from '@tensorflow/tfjs-core';
import { IMAGENET, normalise } from '../models/trunks/normalise';
import type { Comparison } from './comparison';
import { tensorOf, type Tensors, type Trunk } from './networks/trunk';

/**
 * LPIPS version 0.1 with its linear layers (Zhang, Isola, Efros, Shechtman & Wang, CVPR 2018):
 *
 *   d(x, y) = sum over taps of mean over positions of sum_c w_c (x^_c - y^_c)^2,  w_c >= 0,
 *
 * x^ being the activations divided by their length over the channels. Pixels in [0, 1] are normalised
 * as for ImageNet, which is what the published code does to pixels in [-1, 1].
 *
 * Differs from the published code: the length is sqrt(sum of squares + 1e-10) instead of
 * sqrt(sum of squares) + 1e-10, whose gradient is not a number where all channels are 0.
 */
export class Lpips implements Comparison {
  readonly id: string;
  readonly smallest: number;
  readonly #trunk: Trunk;
  readonly #weights: readonly tf.Tensor2D[];

  /**
   * @param id `lpips-alex` or `lpips-vgg`
   * @param trunk disposed with this
   * @param linear the linear layers: `lin0.model.1.weight` `[1, channels, 1, 1]` and so on
   * @throws Error where the layers are not those of the trunk
   */
  constructor(id: string, trunk: Trunk, linear: Tensors) {
    this.id = id;
    this.smallest = trunk.smallest;
    this.#trunk = trunk;
    this.#weights = trunk.channels.map((channels, tap) => {
      const { data } = tensorOf(linear, `lin${tap}.model.1.weight`);
      if (data.length !== channels) {
        throw new Error(`${id}: tap ${tap} has ${channels} channels, got ${data.length} weights`);
      }
      return tf.keep(tf.tensor2d(data, [channels, 1]));
    });
  }

  features(x: tf.Tensor4D): tf.Tensor[] {
    return this.#trunk.taps(normalise(x, IMAGENET)).map((tap) => {
      const squares = tf.sum(tf.square(tap), 3, true);
      return tf.div(tap, tf.sqrt(tf.add(squares, 1e-10)));
    });
  }

  distance(originals: readonly tf.Tensor[], pictures: readonly tf.Tensor[]): tf.Tensor1D {
    const taps = this.#weights.map((weights, i) => {
      const [a, b] = [originals[i] as tf.Tensor4D, pictures[i] as tf.Tensor4D];
      const [n, height, width, channels] = b.shape;
      const squares = tf.reshape(tf.square(tf.sub(a, b)), [n * height * width, channels]);
      const weighted = tf.reshape(tf.matMul(squares, weights), [n, height * width]);
      return tf.mean<tf.Tensor1D>(weighted, 1);
    });
    return tf.addN(taps);
  }

  dispose(): void {
    tf.dispose([...this.#weights]);
    this.#trunk.dispose();
  }
}
