import type { Vector } from './measured';
import { mean, standardDeviation } from './quantiles';
import { studentT } from './student-t';

/** A statistic with the interval of its sampling error, where there is one. */
export type WithInterval =
  | { readonly value: number; readonly low: number | null; readonly high: number | null }
  | { readonly value: null; readonly reason: string };

/**
 * Mean of per-image values with Student's t interval of the mean: mean +- t s / sqrt(n), s with
 * divisor n - 1.
 *
 * @param x values `[n]`
 * @param level coverage, default 0.95
 * @returns bounds null for a single value
 */
export function meanInterval(x: Vector, level = 0.95): WithInterval {
  const centre = mean(x);
  if (centre.value === null) return centre;
  const spread = standardDeviation(x).value;
  if (spread === null) return { value: centre.value, low: null, high: null };
  const half = (studentT(level, x.length - 1) * spread) / Math.sqrt(x.length);
  return { value: centre.value, low: centre.value - half, high: centre.value + half };
}

/** A measure that does not exist, with the reason. */
export function noInterval(reason: string): WithInterval {
  return { value: null, reason };
}
