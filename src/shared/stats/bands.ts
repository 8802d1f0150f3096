import { assertPaired, at, type Vector } from './measured';
import { quantileOfSorted, sorted } from './quantiles';

export interface Band {
  /** The band is [low, high); the last one includes `high`. */
  readonly low: number;
  readonly high: number;
  readonly n: number;
  /** Quartiles and mean of y over the images of the band; null where it holds none. */
  readonly summary: {
    readonly lowerQuartile: number;
    readonly median: number;
    readonly upperQuartile: number;
    readonly mean: number;
  } | null;
}

/**
 * Summarises y over equal bands of x, e.g. the score change over MOS 0-20, 20-40, ...
 * Values of x outside [min, max] belong to the nearest band, so that no image is lost.
 *
 * @param x what the bands divide `[n]`
 * @param y what is summarised `[n]`
 */
export function bands(x: Vector, y: Vector, min: number, max: number, count: number): Band[] {
  assertPaired('bands', x, y);
  if (!(max > min) || !Number.isInteger(count) || count < 1) {
    throw new RangeError(`bands: needs min < max and count >= 1, got ${min}, ${max}, ${count}`);
  }
  const members: number[][] = Array.from({ length: count }, () => []);
  for (let i = 0; i < x.length; i++) {
    const band = Math.floor(((at(x, i) - min) / (max - min)) * count);
    members[Math.max(0, Math.min(count - 1, band))]?.push(at(y, i));
  }
  return members.map((values, band) => ({
    low: min + ((max - min) * band) / count,
    high: min + ((max - min) * (band + 1)) / count,
    n: values.length,
    summary: values.length === 0 ? null : summarise(values),
  }));
}

function summarise(values: readonly number[]): NonNullable<Band['summary']> {
  const ascending = sorted(values);
  return {
    lowerQuartile: quantileOfSorted(ascending, 0.25),
    median: quantileOfSorted(ascending, 0.5),
    upperQuartile: quantileOfSorted(ascending, 0.75),
    mean: values.reduce((sum, value) => sum + value, 0) / values.length,
  };
}
