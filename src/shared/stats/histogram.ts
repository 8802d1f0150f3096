import { assertFinite, at, type Vector } from './measured';

export interface Histogram {
  /** `bins + 1` ascending edges. */
  readonly edges: Float64Array;
  readonly counts: Uint32Array;
  /** Values below the first and above the last edge; never silently dropped. */
  readonly below: number;
  readonly above: number;
}

/**
 * Counts in `bins` equal bins over [min, max]; a bin holds its left edge, the last one both.
 *
 * @param x values `[n]`
 */
export function histogram(x: Vector, min: number, max: number, bins: number): Histogram {
  assertFinite('histogram', x);
  if (!(max > min)) throw new RangeError(`histogram: max must exceed min, got [${min}, ${max}]`);
  if (!Number.isInteger(bins) || bins < 1) {
    throw new RangeError(`histogram: bins must be a whole number of at least 1, got ${bins}`);
  }
  const edges = Float64Array.from({ length: bins + 1 }, (_, i) => min + ((max - min) * i) / bins);
  const counts = new Uint32Array(bins);
  let below = 0;
  let above = 0;
  for (let i = 0; i < x.length; i++) {
    const value = at(x, i);
    if (value < min) below++;
    else if (value > max) above++;
    else {
      const bin = Math.min(bins - 1, Math.floor(((value - min) / (max - min)) * bins));
      counts[bin] = at(counts, bin) + 1;
    }
  }
  return { edges, counts, below, above };
}
