import { assertPaired, at, type Vector } from './measured';

/** Two score lists on the scale on which the clean scores run from 0 to 1. */
export interface CleanScaled {
  readonly before: Float64Array;
  readonly after: Float64Array;
}

/**
 * Brings scores to a scale that does not depend on the model's own: 0 is the lowest clean score and 1
 * the highest, as the MSU metrics-robustness benchmark does (Antsiferova et al., AAAI 2024). Attacked
 * scores may leave [0, 1].
 *
 * @param before scores `[n]` before the attack
 * @param after scores `[n]` of the same images after it
 * @returns null where the clean scores span nothing, so that there is no such scale
 */
export function cleanScaled(before: Vector, after: Vector): CleanScaled | null {
  assertPaired('cleanScaled', before, after);
  let low = Infinity;
  let high = -Infinity;
  for (let i = 0; i < before.length; i++) {
    low = Math.min(low, at(before, i));
    high = Math.max(high, at(before, i));
  }
  const range = high - low;
  if (!(range > 0)) return null;
  const scaled = (x: Vector): Float64Array =>
    Float64Array.from({ length: x.length }, (_, i) => (at(x, i) - low) / range);
  return { before: scaled(before), after: scaled(after) };
}

/** Why there is no such scale, for scores that `cleanScaled` refused. */
export function whyNoScale(before: Vector): string {
  return before.length === 0 ? 'no images' : 'the clean scores are all equal';
}
