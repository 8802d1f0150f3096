import { assertFinite, at, undefinedBecause, type Measured, type Vector } from './measured';

/** The values in ascending order, as float64. */
export function sorted(x: Vector): Float64Array {
  return Float64Array.from({ length: x.length }, (_, i) => at(x, i)).sort();
}

/**
 * Quantiles by linear interpolation between order statistics (Hyndman & Fan, 1996, type 7, the
 * default of R and NumPy).
 *
 * @param x values `[n]`
 * @param shares each in [0, 1]
 */
export function quantiles(x: Vector, shares: readonly number[]): Measured[] {
  assertFinite('quantiles', x);
  if (x.length === 0) return shares.map(() => undefinedBecause('no values'));
  const ascending = sorted(x);
  return shares.map((share) => ({ value: quantileOfSorted(ascending, share) }));
}

/** The middle value, or the mean of the two middle ones. */
export function median(x: Vector): Measured {
  return quantiles(x, [0.5])[0] ?? undefinedBecause('no values');
}

/** Arithmetic mean. */
export function mean(x: Vector): Measured {
  assertFinite('mean', x);
  if (x.length === 0) return undefinedBecause('no values');
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += at(x, i);
  return { value: sum / x.length };
}

/** Sample standard deviation, divisor n - 1. */
export function standardDeviation(x: Vector): Measured {
  const centre = mean(x);
  if (centre.value === null) return centre;
  if (x.length < 2) return undefinedBecause('one value only');
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += (at(x, i) - centre.value) ** 2;
  return { value: Math.sqrt(sum / (x.length - 1)) };
}

/** Type-7 quantile of values that are already ascending and not empty. */
export function quantileOfSorted(ascending: Vector, share: number): number {
  if (!(share >= 0 && share <= 1)) {
    throw new RangeError(`quantileOfSorted: share must be in [0, 1], got ${share}`);
  }
  const position = share * (ascending.length - 1);
  const below = Math.floor(position);
  const low = at(ascending, below);
  const high = at(ascending, Math.min(below + 1, ascending.length - 1));
  return low + (position - below) * (high - low);
}

/** Index of the first entry that is at least `bound`, by bisection. */
export function firstAtLeast(ascending: Float64Array, bound: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (at(ascending, middle) < bound) low = middle + 1;
    else high = middle;
  }
  return low;
}
