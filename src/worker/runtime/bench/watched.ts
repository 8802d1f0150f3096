import type * as tf from '@tensorflow/tfjs-core';
import type { AttackDef, Scorer } from '../../attacks/attack';
import { meanScore } from '../../attacks/harness/mean-score';

/** Points of a curve on the screen; a search of thousands of looks is thinned to about so many. */
const mostPoints = 400;

/**
 * The same attack, watched: every look it takes at the model is told, and can end it.
 *
 * @param before awaited before each look; throws to end the attack
 * @param look receives the mean lab-scale score over the pieces that were looked at
 */
export function watched(
  attack: AttackDef,
  before: () => Promise<void>,
  look: (score: number) => void,
): AttackDef {
  return {
    ...attack,
    run: (x, params, context) => {
      const scorer = watchedScorer(context.scorer, before, look);
      return attack.run(x, params, { ...context, scorer });
    },
  };
}

function watchedScorer(
  inner: Scorer,
  before: () => Promise<void>,
  look: (score: number) => void,
): Scorer {
  const tell = async (score: tf.Tensor1D): Promise<void> => look(meanScore(await score.data()));
  return {
    score: async (x) => {
      await before();
      const score = await inner.score(x);
      await tell(score);
      return score;
    },
    scoreAndGradient: async (x, weights) => {
      await before();
      const both = await inner.scoreAndGradient(x, weights);
      await tell(both.score);
      return both;
    },
  };
}

/** Evenly thinned to what a curve can show; the first and the last value stay. */
export function thinned(values: readonly number[]): number[] {
  if (values.length <= mostPoints) return [...values];
  const last = values.length - 1;
  return Array.from(
    { length: mostPoints },
    (_, i) => values[Math.round((i * last) / (mostPoints - 1))] as number,
  );
}
