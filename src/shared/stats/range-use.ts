import { meanInterval, type WithInterval } from './mean-interval';
import { assertPaired, at, type Vector } from './measured';

/**
 * RGO, the share of the room a score had that the attack used (Ran et al., arXiv 2402.17533): the mean over
 * images of |f' - f| / max(100 - f, f), f before and f' after the attack. 1: every score was moved to
 * the farther end of the scale.
 *
 * @param before lab-scale scores `[n]` before the attack
 * @param after lab-scale scores `[n]` of the same images after it
 */
export function rangeUse(before: Vector, after: Vector): WithInterval {
  return meanInterval(rangeUses(before, after));
}

/** Per image what `rangeUse` is the mean of, `[n]`. */
export function rangeUses(before: Vector, after: Vector): Float64Array {
  assertPaired('rangeUse', before, after);
  return Float64Array.from({ length: before.length }, (_, i) => {
    const f = at(before, i);
    return Math.abs(at(after, i) - f) / Math.max(100 - f, f);
  });
}
