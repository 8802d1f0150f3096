import * as tf from '@tensorflow/tfjs-core';
import { boxMean } from '../engine';

/** Half the window: 3 gives 7 x 7. */
const RADIUS = 3;
/**
 * Smallest deviation used, a tenth of a grey level. In an 8-bit picture a window is either perfectly flat or has a
 * deviation above 0.14 levels, so only flat windows are touched; without it the derivative of the root is infinite there.
 */
const FLOOR = 0.1 / 255;

/**
 * Local contrast normalisation (Kang, Ye, Li & Doermann, CVPR 2014, Eq. 1): (x - mean) / (deviation + C), mean and
 * standard deviation over a 7 x 7 window around each pixel, separately per channel.
 *
 * The paper leaves borders open; here a window is cut off at the border and its mean is over the pixels that exist.
 * The derivative reaches 1 / (C + FLOOR) in flat regions, 232 for the paper's C of one grey level: attacks and gradient
 * norms in pixel space see that factor.
 *
 * @param x `[n, height, width, channels]` in [0, 1]
 * @param c the paper's C in units of x; 1/255 is its value, one grey level
 */
export function localContrastNormalise(x: tf.Tensor4D, c: number): tf.Tensor4D {
  // Statistics do not depend on a shift; centring halves the cancellation in E[x^2] - E[x]^2.
  const centred: tf.Tensor4D = tf.sub(x, 0.5);
  const mean = boxMean(centred, RADIUS);
  const variance = tf.sub(boxMean(tf.square(centred), RADIUS), tf.square(mean));
  const floored = tf.add(tf.relu(tf.sub(variance, FLOOR * FLOOR)), FLOOR * FLOOR);
  return tf.div(tf.sub(centred, mean), tf.add(tf.sqrt(floored), c));
}
