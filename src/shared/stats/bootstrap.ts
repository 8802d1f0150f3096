import { random } from '../random';
import { undefinedBecause, type Measured } from './measured';
import { quantileOfSorted } from './quantiles';

export interface BootstrapOptions {
  readonly seed: number;
  /** Default 1000. */
  readonly resamples?: number;
  /** Coverage of the interval, default 0.95. */
  readonly level?: number;
}

export interface Interval {
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
  readonly level: number;
  readonly resamples: number;
  /** Resamples in which the statistic did not exist; they are left out of the interval. */
  readonly undefinedResamples: number;
}

/**
 * Percentile bootstrap over images (Efron, 1979). Resample b is a function of (seed, b) alone. For
 * the difference of two models on the same images, let `statistic` subtract: both are then resampled
 * with the same images, which removes what they have in common.
 *
 * @param n images
 * @param statistic computed from the images at these positions, with repetition
 * @returns the interval, or why there is none
 */
export function bootstrap(
  n: number,
  statistic: (positions: Uint32Array) => Measured,
  options: BootstrapOptions,
): Interval | (Measured & { value: null }) {
  const { seed, resamples = 1000, level = 0.95 } = options;
  const positions = Uint32Array.from({ length: n }, (_, i) => i);
  const estimate = statistic(positions);
  if (estimate.value === null) return estimate;

  const values: number[] = [];
  for (let b = 0; b < resamples; b++) {
    resample(seed, b, resamples, positions);
    const { value } = statistic(positions);
    if (value !== null) values.push(value);
  }
  if (values.length === 0) {
    return { value: null, reason: 'undefined in every resample' } as const;
  }
  const ascending = Float64Array.from(values).sort();
  return {
    estimate: estimate.value,
    low: quantileOfSorted(ascending, (1 - level) / 2),
    high: quantileOfSorted(ascending, (1 + level) / 2),
    level,
    resamples,
    undefinedResamples: resamples - values.length,
  };
}

/**
 * Draws of the last few sizes. Tables bootstrap a dozen measures over the same images with the same
 * seed, and drawing takes longer than measuring.
 */
const kept = new Map<string, Uint32Array>();
const maxKept = 4;
/** 8 MB a set. */
const maxDraws = 2e6;

/** Fills `positions` with resample b, a function of (seed, b) and the number of images alone. */
function resample(seed: number, b: number, resamples: number, positions: Uint32Array): void {
  const n = positions.length;
  if (n * resamples > maxDraws) {
    draw(seed, b, positions);
    return;
  }
  const key = `${seed} ${n} ${resamples}`;
  let all = kept.get(key);
  if (!all) {
    all = new Uint32Array(n * resamples);
    for (let each = 0; each < resamples; each++) {
      draw(seed, each, all.subarray(each * n, (each + 1) * n));
    }
    const [oldest] = kept.keys();
    if (kept.size >= maxKept && oldest !== undefined) kept.delete(oldest);
    kept.set(key, all);
  }
  positions.set(all.subarray(b * n, (b + 1) * n));
}

function draw(seed: number, b: number, positions: Uint32Array): void {
  const stream = random(seed, 'bootstrap', 0, b);
  for (let i = 0; i < positions.length; i++) positions[i] = stream.integer(positions.length);
}

/** Whether a bootstrap gave an interval. */
export function isInterval(result: ReturnType<typeof bootstrap>): result is Interval {
  return 'low' in result;
}

/** a - b where both exist, else the reason of the one that does not. */
export function difference(a: Measured, b: Measured): Measured {
  if (a.value === null) return undefinedBecause(a.reason);
  if (b.value === null) return undefinedBecause(b.reason);
  return { value: a.value - b.value };
}
