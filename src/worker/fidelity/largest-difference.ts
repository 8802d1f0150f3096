import * as tf from '@tensorflow/tfjs-core';
import type { Comparison } from './comparison';

/** The largest absolute difference of a value: only the first value that has it gets a gradient. */
export class LargestDifference implements Comparison {
  readonly id = 'linf';
  readonly smallest = 1;

  features(x: tf.Tensor4D): tf.Tensor[] {
    return [x.clone()];
  }

  distance([x]: readonly tf.Tensor[], [y]: readonly tf.Tensor[]): tf.Tensor1D {
    const pictures = (y as tf.Tensor4D).shape[0];
    const flat = (z: tf.Tensor | undefined): tf.Tensor2D =>
      tf.reshape(z as tf.Tensor, [pictures, -1]);
    const differences: tf.Tensor2D = tf.abs(tf.sub(flat(y), flat(x)));
    const where = tf.oneHot(tf.argMax(differences, 1), differences.shape[1], 1, 0, 'float32');
    return tf.sum(tf.mul(differences, where), 1);
  }

  dispose(): void {
    // It holds nothing.
  }
}
