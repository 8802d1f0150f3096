import { cleanScaled, whyNoScale } from './clean-scale';
import { meanInterval, noInterval, type WithInterval } from './mean-interval';
import { at, type Vector } from './measured';

/** Added to every change, as the benchmark does, so that an unmoved image has a value. */
const added = 1e-6;

/**
 * Robustness score of the MSU metrics-robustness benchmark (Antsiferova et al., AAAI 2024): the mean
 * over images of log10( max(1 - x, x) / (|x - y| + 1e-6) ), with scores on the scale on which the
 * clean ones run from 0 to 1; large = robust. The form is that of R (`rRobustness`); the scale is not,
 * so the two never stand in one column.
 *
 * @param before scores `[n]` before the attack, any scale
 * @param after scores `[n]` of the same images after it
 */
export function robustnessScore(before: Vector, after: Vector): WithInterval {
  const scores = robustnessScores(before, after);
  return scores ? meanInterval(scores) : noInterval(whyNoScale(before));
}

/** Per image what `robustnessScore` is the mean of, `[n]`; null where the clean scores span nothing. */
export function robustnessScores(before: Vector, after: Vector): Float64Array | null {
  const scaled = cleanScaled(before, after);
  if (!scaled) return null;
  return scaled.before.map((x, i) =>
    Math.log10(Math.max(1 - x, x) / (Math.abs(x - at(scaled.after, i)) + added)),
  );
}
