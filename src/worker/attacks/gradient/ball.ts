import * as tf from '@tensorflow/tfjs-core';

/**
 * Brings pictures back into the L-infinity ball around `x`, then into [0, 1]: the order of PAPER Eq. S20.
 *
 * @param moved `[n, height, width, 3]`
 * @param x the clean pictures, same shape, in [0, 1]
 * @param epsilon [0, 1] pixel units
 */
export function withinBall(moved: tf.Tensor, x: tf.Tensor4D, epsilon: number): tf.Tensor4D {
  return tf.tidy(() => {
    const boxed: tf.Tensor4D = tf.minimum(
      tf.maximum(moved, tf.sub(x, epsilon)),
      tf.add(x, epsilon),
    );
    return tf.clipByValue(boxed, 0, 1);
  });
}

/** One number per picture, `[n, 1, 1, 1]`, to multiply pictures `[n, height, width, 3]` by. */
export function perPicture(values: readonly number[]): tf.Tensor4D {
  return tf.tensor4d([...values], [values.length, 1, 1, 1]);
}
