import { cleanScaled, whyNoScale } from './clean-scale';
import { meanInterval, noInterval, type WithInterval } from './mean-interval';
import { at, type Vector } from './measured';

/**
 * Absolute gain of the MSU metrics-robustness benchmark (Antsiferova et al., AAAI 2024): the mean of
 * y - x, where x and y are the scores before and after on the scale on which the clean ones run from
 * 0 to 1. Its sign says which way the scores went; an attack that raises some and lowers others can
 * have a gain near zero and move every image.
 *
 * @param before scores `[n]` before the attack, any scale
 * @param after scores `[n]` of the same images after it
 */
export function absoluteGain(before: Vector, after: Vector): WithInterval {
  const gains = absoluteGains(before, after);
  return gains ? meanInterval(gains) : noInterval(whyNoScale(before));
}

/** Per image what `absoluteGain` is the mean of, `[n]`; null where the clean scores span nothing. */
export function absoluteGains(before: Vector, after: Vector): Float64Array | null {
  const scaled = cleanScaled(before, after);
  return scaled && scaled.after.map((y, i) => y - at(scaled.before, i));
}

/**
 * Relative gain of the same benchmark: the mean of (y - x) / (x + 1), so that the same change counts
 * for less on an image that scored high. Arguments as for `absoluteGain`.
 */
export function relativeGain(before: Vector, after: Vector): WithInterval {
  const gains = relativeGains(before, after);
  return gains ? meanInterval(gains) : noInterval(whyNoScale(before));
}

/** Per image what `relativeGain` is the mean of, `[n]`; null where the clean scores span nothing. */
export function relativeGains(before: Vector, after: Vector): Float64Array | null {
  const scaled = cleanScaled(before, after);
  if (!scaled) return null;
  return scaled.after.map((y, i) => (y - at(scaled.before, i)) / (at(scaled.before, i) + 1));
}
