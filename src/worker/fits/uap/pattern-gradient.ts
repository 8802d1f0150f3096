import * as tf from '@tensorflow/tfjs-core';
import type { Scorer } from '../../attacks/attack';
import { meanScore } from '../../attacks/harness/mean-score';
import type { Batch } from '../../training';

/** Scores leave a model on the lab scale. */
const RANGE = 100;

/** Mean loss of a batch under a pattern, and the gradient of that mean with respect to the pattern. */
export interface PatternGradient {
  readonly loss: number;
  /** `[height, width, 3]`; the caller disposes it. */
  readonly gradient: tf.Tensor3D;
}

/**
 * L(p) = mean_i (1 - f(clip(x_i + p)) / 100) for a pattern that raises scores, mean_i f(clip(x_i + p)) / 100 for one that
 * lowers them (Shumitskaya, Antsiferova & Vatolin, BMVC 2022), and its gradient. Clipping passes the gradient where
 * x + p lies in [0, 1], bounds included, as PyTorch's clamp does.
 *
 * @param pattern `[height, width, 3]`, the size of the batch's patches
 * @param direction +1 raises, -1 lowers
 */
export async function patternGradient(
  pattern: tf.Tensor3D,
  batch: Batch,
  scorer: Scorer,
  direction: 1 | -1,
): Promise<PatternGradient> {
  const x = tf.tensor4d(batch.x, [...batch.shape]);
  const moved: tf.Tensor4D = tf.add(x, pattern);
  const clipped = tf.clipByValue(moved, 0, 1);
  const { score, gradient } = await scorer.scoreAndGradient(clipped);
  const share = -direction / (RANGE * batch.shape[0]);
  const ofPattern: tf.Tensor3D = tf.tidy(() => {
    const inside = tf.cast(
      tf.logicalAnd(tf.greaterEqual(moved, 0), tf.lessEqual(moved, 1)),
      'float32',
    );
    return tf.mul(tf.sum(tf.mul(gradient, inside), 0), share);
  });
  const mean = meanScore(Array.from(await score.data())) / RANGE;
  tf.dispose([x, moved, clipped, score, gradient]);
  return { loss: direction === 1 ? 1 - mean : mean, gradient: ofPattern };
}
