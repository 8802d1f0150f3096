import * as tf from '@tensorflow/tfjs-core';
import { fromBytes } from '../data/pixels';
import type { CertifiedScore, OpenDefence } from '../defences';
import type { Scorer } from '../attacks/attack';
import { meanScore } from '../attacks/harness/mean-score';
import { cutPieces, type Target } from '../attacks/harness/pieces';
import { PictureScorer } from '../attacks/harness/picture-scorer';

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

/**
 * Lab-scale score of one picture behind a defence, with bounds where the defence certifies and is given the picture.
 *
 * @param on what the defence is given: the picture before its views are cut, or the views
 */
export async function scoreDefended(
  scorer: Scorer,
  target: Target,
  defence: OpenDefence,
  on: 'picture' | 'views',
  checkpoint: () => Promise<void>,
): Promise<CertifiedScore> {
  const { picture, views, index } = target;
  if (on === 'views') {
    const score = await scorePicture(defence.guard(scorer, index), target);
    return { score, certified: null };
  }
  const { def, params } = defence;
  const whole = new PictureScorer(scorer, views);
  const x = tf.tensor4d(fromBytes(picture.data), [1, picture.height, picture.width, 3]);
  try {
    if (def.certify) {
      return await def.certify(whole, x, params, defence.seedOf(index), checkpoint);
    }
    const scores = await defence.guard(whole, index).score(x);
    const [score = Number.NaN] = await scores.data();
    scores.dispose();
    return { score, certified: null };
  } finally {
    x.dispose();
  }
}
