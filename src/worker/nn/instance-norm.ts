import * as tf from '@tensorflow/tfjs-core';

/**
 * Instance normalisation (Ulyanov, Vedaldi & Lempitsky, 2016) as PyTorch's default: each channel of each picture by its
 * own mean and biased variance, without weights and running statistics.
 *
 * @param x `[n, height, width, channels]`
 */
export function instanceNorm(x: tf.Tensor4D, epsilon = 1e-5): tf.Tensor4D {
  return tf.tidy(() => {
    const centred = tf.sub(x, tf.mean(x, [1, 2], true));
    const variance = tf.mean(tf.square(centred), [1, 2], true);
    return tf.mul(centred, tf.rsqrt(tf.add(variance, epsilon)));
  });
}
