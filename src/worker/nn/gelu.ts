import * as tf from '@tensorflow/tfjs-core';

/**
 * Gaussian error linear unit (Hendrycks & Gimpel, 2016) in its exact form: x P(x) with P the normal distribution
 * function, (1 + erf(x / sqrt 2)) / 2; PyTorch's default, not the tanh approximation.
 *
 * dx = dy (P(x) + x p(x)), p the normal density. One node on the tape that keeps x alone.
 */
export function gelu<T extends tf.Tensor>(x: T): T {
  const node = tf.customGrad((...args) => {
    const [values, save] = args as unknown as [tf.Tensor, tf.GradSaveFunc];
    save([values]);
    return {
      value: tf.mul(values, normalDistribution(values)),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) =>
        tf.tidy(() => tf.mul(dy, slope(saved[0] as tf.Tensor))),
    };
  });
  return node(x) as T;
}

function normalDistribution(x: tf.Tensor): tf.Tensor {
  return tf.add(tf.mul(tf.erf(tf.mul(x, Math.SQRT1_2)), 0.5), 0.5);
}

function slope(x: tf.Tensor): tf.Tensor {
  const density = tf.mul(tf.exp(tf.mul(tf.square(x), -0.5)), 1 / Math.sqrt(2 * Math.PI));
  return tf.add(normalDistribution(x), tf.mul(x, density));
}
