import { assertFinite, at, undefinedBecause, type Vector } from './measured';

export interface Wilcoxon {
  /** Sum of the ranks of the positive differences. */
  readonly plus: number;
  readonly minus: number;
  /** Differences that are not zero: those the test is about. */
  readonly n: number;
  readonly zeros: number;
  /** Two-sided p-value. */
  readonly p: number;
  readonly method: 'exact' | 'normal';
}

/** As many images as the exact distribution is taken for; SciPy's bound. */
const maxExact = 50;

/**
 * Wilcoxon's signed-rank test (Wilcoxon, 1945): whether paired differences lie around zero. Zeros are
 * left out and counted, ties get average ranks. Up to 50 differences without ties p is exact, from
 * all 2^n signs; else from the normal approximation with the variance corrected for ties and no
 * correction for continuity, as SciPy's `wilcoxon` does.
 *
 * @param differences one per image `[n]`
 * @returns the test, or why there is none
 */
export function wilcoxon(
  differences: Vector,
): Wilcoxon | { readonly value: null; readonly reason: string } {
  assertFinite('wilcoxon', differences);
  const kept = Array.from({ length: differences.length }, (_, i) => at(differences, i)).filter(
    (difference) => difference !== 0,
  );
  const n = kept.length;
  const zeros = differences.length - n;
  if (n === 0) {
    const reason = zeros === 0 ? 'no images' : 'no image differs';
    return undefinedBecause(reason) as { value: null; reason: string };
  }
  const { ranks, ties } = rankedSizes(kept);
  const plus = kept.reduce((sum, difference, i) => sum + (difference > 0 ? at(ranks, i) : 0), 0);
  const total = (n * (n + 1)) / 2;
  const minus = total - plus;
  const base = { plus, minus, n, zeros };
  if (n <= maxExact && ties === 0 && zeros === 0) {
    return { ...base, p: exactP(n, Math.min(plus, minus)), method: 'exact' };
  }
  const variance = (n * (n + 1) * (2 * n + 1)) / 24 - ties / 48;
  const z = Math.abs(plus - total / 2) / Math.sqrt(variance);
  return { ...base, p: variance > 0 ? Math.min(1, 2 * upperTail(z)) : 1, method: 'normal' };
}

/** Ranks of the absolute values, averages for ties, and the sum of t^3 - t over groups of ties. */
function rankedSizes(values: readonly number[]): { ranks: Float64Array; ties: number } {
  const order = values.map((_, i) => i);
  order.sort((a, b) => Math.abs(at(values, a)) - Math.abs(at(values, b)));
  const ranks = new Float64Array(values.length);
  let ties = 0;
  for (let start = 0; start < order.length;) {
    let end = start + 1;
    const size = Math.abs(at(values, at(order, start)));
    while (end < order.length && Math.abs(at(values, at(order, end))) === size) end++;
    const count = end - start;
    ties += count ** 3 - count;
    for (let k = start; k < end; k++) ranks[at(order, k)] = (start + 1 + end) / 2;
    start = end;
  }
  return { ranks, ties };
}

/** 2 P(W <= smaller) over all signs of the ranks 1 to n, by counting subsets with each sum. */
function exactP(n: number, smaller: number): number {
  const counts = new Float64Array((n * (n + 1)) / 2 + 1);
  counts[0] = 1;
  for (let rank = 1; rank <= n; rank++) {
    for (let sum = counts.length - 1; sum >= rank; sum--) {
      counts[sum] = at(counts, sum) + at(counts, sum - rank);
    }
  }
  let below = 0;
  for (let sum = 0; sum <= smaller; sum++) below += at(counts, sum);
  return Math.min(1, (2 * below) / 2 ** n);
}

/**
 * P(Z > z) of the standard normal distribution for z >= 0: Abramowitz & Stegun's series 26.2.11 below
 * 3, where it does not cancel, and Laplace's continued fraction 26.2.14 beyond, which keeps small
 * probabilities to full relative precision.
 */
function upperTail(z: number): number {
  const density = Math.exp(-(z * z) / 2) / Math.sqrt(2 * Math.PI);
  if (z < 3) {
    let term = z;
    let sum = z;
    for (let k = 1; term > 1e-17 * sum; k++) {
      term *= (z * z) / (2 * k + 1);
      sum += term;
    }
    return 0.5 - density * sum;
  }
  let fraction = z;
  for (let k = 60; k >= 1; k--) fraction = z + k / fraction;
  return density / fraction;
}

/**
 * Holm's step-down correction (1979): p-values of several tests, adjusted so that the chance of any
 * false finding among them stays below the level one compares with.
 */
export function holm(p: readonly number[]): number[] {
  const order = p.map((_, i) => i).sort((a, b) => at(p, a) - at(p, b));
  const adjusted = new Array<number>(p.length).fill(1);
  let highest = 0;
  order.forEach((i, k) => {
    highest = Math.max(highest, Math.min(1, (p.length - k) * at(p, i)));
    adjusted[i] = highest;
  });
  return adjusted;
}
