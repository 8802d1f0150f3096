import * as tf from '@tensorflow/tfjs-core';
import type { Scorer } from '../attacks/attack';
import { meanScore } from '../attacks/harness/mean-score';
import { cutPieces, type Target } from '../attacks/harness/pieces';

/** Most views scored in one go where a job does not say; a bound on memory, no setting of results. */
export const scoringRows = 128;

/** Lab-scale score of one picture; its numbers do not depend on any other picture. */
export async function scorePicture(scorer: Scorer, target: Target): Promise<number> {
  const scores: number[] = [];
  const cut = { unit: 'crop', keepImages: false, viewsAtOnce: scoringRows } as const;
  for (const { count, height, width, data } of cutPieces(target, cut, 0)) {
    const x = tf.tensor4d(data, [count, height, width, 3]);
    const score = await scorer.score(x);
    scores.push(...(await score.data()));
    tf.dispose([x, score]);
  }
  return meanScore(scores);
}
