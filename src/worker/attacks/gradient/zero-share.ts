import * as tf from '@tensorflow/tfjs-core';

/**
 * Share of exactly zero entries of the loss gradient, per picture.
 *
 * @param gradient of the scores, `[n, height, width, 3]`
 * @param signs d loss / d score per picture, as its sign: 0 makes the whole gradient zero
 */
export async function zeroShare(
  gradient: tf.Tensor4D,
  signs: readonly number[],
): Promise<Float32Array<ArrayBuffer>> {
  const means = tf.tidy(() => tf.mean(tf.cast(tf.equal(gradient, 0), 'float32'), [1, 2, 3]));
  const shares = await means.data();
  means.dispose();
  return Float32Array.from(signs, (sign, i) => (sign === 0 ? 1 : (shares[i] ?? 0)));
}
