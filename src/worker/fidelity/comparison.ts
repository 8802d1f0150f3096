import type * as tf from '@tensorflow/tfjs-core';

/**
 * A way to say how far pictures are from their originals, differentiable in the pictures. Split in
 * two, so that originals are looked at once and compared with many pictures.
 */
export interface Comparison {
  /** Its name in results; a different variant has a different name. */
  readonly id: string;
  /** Fewest rows and columns of a picture. */
  readonly smallest: number;
  /**
   * What of the pictures is compared.
   * @param x `[n, height, width, 3]` float32 in [0, 1]
   */
  features(x: tf.Tensor4D): tf.Tensor[];
  /**
   * Distance of each picture from its original, `[n]`; 0 for equal pictures. Its gradient is finite
   * there too.
   */
  distance(originals: readonly tf.Tensor[], pictures: readonly tf.Tensor[]): tf.Tensor1D;
  dispose(): void;
}
