import { assertFinite, at, undefinedBecause, type Measured, type Vector } from './measured';
import { firstAtLeast, quantileOfSorted, sorted, standardDeviation } from './quantiles';

export interface Density {
  /** Where the density was evaluated, ascending, in the unit of the values. */
  readonly x: Float64Array;
  /** Density per unit of x; integrates to 1 over the whole line (or above `lower`). */
  readonly y: Float64Array;
  /** Standard deviation of the Gaussian kernel, in the unit of the values. */
  readonly bandwidth: number;
}

export interface KdeOptions {
  /** Default: Silverman's rule. */
  readonly bandwidth?: number;
  /** Evaluation range; default three bandwidths beyond the values. */
  readonly from?: number;
  readonly to?: number;
  /** Evaluation points, default 200. */
  readonly points?: number;
  /** Bound the values cannot cross, e.g. 0 for a norm: mass that leaks over it is reflected back. */
  readonly lower?: number;
}

/** Beyond this many bandwidths a Gaussian is below 1e-14 of its peak, under float64 noise of the sum. */
const reach = 8;

/**
 * Silverman's rule of thumb (1986, eq. 3.31): 0.9 min(sd, IQR / 1.34) n^(-1/5). Where half of the
 * values are equal the interquartile range is 0 and the deviation alone is used.
 *
 * @param x values `[n]`
 */
export function silvermanBandwidth(x: Vector): Measured {
  const deviation = standardDeviation(x);
  if (deviation.value === null) return deviation;
  if (deviation.value === 0) return undefinedBecause('all values are equal');
  const ascending = sorted(x);
  const range = quantileOfSorted(ascending, 0.75) - quantileOfSorted(ascending, 0.25);
  const spread = range > 0 ? Math.min(deviation.value, range / 1.34) : deviation.value;
  return { value: 0.9 * spread * x.length ** -0.2 };
}

/**
 * Gaussian kernel density estimate (Rosenblatt 1956, Parzen 1962), optionally reflected at a lower
 * bound (Silverman 1986, section 2.10).
 *
 * @param x values `[n]`
 * @returns the curve, or null when no bandwidth exists (fewer than two values, or all equal)
 */
export function kde(x: Vector, options: KdeOptions = {}): Density | null {
  assertFinite('kde', x);
  const bandwidth = options.bandwidth ?? silvermanBandwidth(x).value;
  if (bandwidth === null || x.length === 0) return null;
  if (!(bandwidth > 0)) throw new RangeError(`kde: bandwidth must be positive, got ${bandwidth}`);

  const ascending = sorted(x);
  const { lower = -Infinity, points = 200 } = options;
  const from = Math.max(lower, options.from ?? at(ascending, 0) - 3 * bandwidth);
  const to = options.to ?? at(ascending, ascending.length - 1) + 3 * bandwidth;
  const grid = Float64Array.from(
    { length: points },
    (_, i) => from + ((to - from) * i) / (points - 1),
  );
  const y = grid.map((position) => {
    const direct = kernelSum(ascending, position, bandwidth);
    if (!Number.isFinite(lower)) return direct;
    return position < lower ? 0 : direct + kernelSum(ascending, 2 * lower - position, bandwidth);
  });
  return { x: grid, y, bandwidth };
}

/** Highest value of the curves that exist; 0 when none does. */
export function peak(curves: readonly (Density | null)[]): number {
  let highest = 0;
  for (const curve of curves) for (const y of curve?.y ?? []) highest = Math.max(highest, y);
  return highest;
}

function kernelSum(ascending: Float64Array, position: number, bandwidth: number): number {
  let sum = 0;
  for (
    let i = firstAtLeast(ascending, position - reach * bandwidth);
    i < ascending.length && at(ascending, i) <= position + reach * bandwidth;
    i++
  ) {
    const z = (position - at(ascending, i)) / bandwidth;
    sum += Math.exp(-0.5 * z * z);
  }
  return sum / (ascending.length * bandwidth * Math.sqrt(2 * Math.PI));
}
