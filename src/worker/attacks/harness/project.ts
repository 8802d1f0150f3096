import * as tf from '@tensorflow/tfjs-core';

/**
 * The nearest picture inside the ball around `x` and inside [0, 1]: what an attack is judged by,
 * whatever it returned.
 *
 * @param adversarial `[n, height, width, 3]`
 * @param x the clean pictures, same shape, in [0, 1]
 * @param epsilon radius of the L-infinity ball in [0, 1] pixel units; null leaves only [0, 1]
 */
export function project(
  adversarial: tf.Tensor4D,
  x: tf.Tensor4D,
  epsilon: number | null,
): tf.Tensor4D {
  return tf.tidy(() => {
    if (epsilon === null) return tf.clipByValue(adversarial, 0, 1);
    const boxed: tf.Tensor4D = tf.minimum(
      tf.maximum(adversarial, tf.sub(x, epsilon)),
      tf.add(x, epsilon),
    );
    return tf.clipByValue(boxed, 0, 1);
  });
}
