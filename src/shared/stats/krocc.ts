import {
  assertPaired,
  at,
  undefinedBecause,
  whyNoCorrelation,
  type Measured,
  type Vector,
} from './measured';

/**
 * Kendall's rank correlation tau-b (Kendall, 1945), the variant common libraries report:
 *   tau_b = (C - D) / sqrt((n0 - n1) (n0 - n2)),  n0 = n (n - 1) / 2,
 * with n1, n2 the pairs tied in x and in y. Without ties it equals tau-a, the paper's formula.
 *
 * Knight's algorithm (1966), O(n log n): with the images sorted by x and then y, the swaps a merge
 * sort by y makes are the discordant pairs D, and C - D = n0 - n1 - n2 + n3 - 2 D, where n3 counts
 * the pairs tied in both.
 *
 * @param x scores `[n]`
 * @param y scores `[n]` of the same images
 */
export function krocc(x: Vector, y: Vector): Measured {
  assertPaired('krocc', x, y);
  const reason = whyNoCorrelation(x, y);
  if (reason !== null) return undefinedBecause(reason);

  const n = x.length;
  const order = Uint32Array.from({ length: n }, (_, i) => i).sort(
    (a, b) => at(x, a) - at(x, b) || at(y, a) - at(y, b),
  );
  const sameX = (i: number, j: number): boolean => at(x, at(order, i)) === at(x, at(order, j));
  const sameY = (i: number, j: number): boolean => at(y, at(order, i)) === at(y, at(order, j));
  const tiedX = tiedPairs(n, sameX);
  const tiedBoth = tiedPairs(n, (i, j) => sameX(i, j) && sameY(i, j));

  const sorted = Float64Array.from(order, (i) => at(y, i));
  const discordant = sortCountingSwaps(sorted);
  const tiedY = tiedPairs(n, (i, j) => sorted[i] === sorted[j]);

  const pairs = (n * (n - 1)) / 2;
  const excess = pairs - tiedX - tiedY + tiedBoth - 2 * discordant;
  return { value: excess / (Math.sqrt(pairs - tiedX) * Math.sqrt(pairs - tiedY)) };
}

/** Pairs inside runs of equal neighbours of a sorted sequence: the sum of t (t - 1) / 2. */
function tiedPairs(n: number, same: (i: number, j: number) => boolean): number {
  let pairs = 0;
  let run = 1;
  for (let i = 1; i <= n; i++) {
    if (i < n && same(i - 1, i)) {
      run++;
      continue;
    }
    pairs += (run * (run - 1)) / 2;
    run = 1;
  }
  return pairs;
}

/** Sorts in place by bottom-up merging and returns how many pairs stood in strictly wrong order. */
function sortCountingSwaps(values: Float64Array): number {
  const n = values.length;
  const merged = new Float64Array(n);
  let swaps = 0;
  for (let width = 1; width < n; width *= 2) {
    for (let start = 0; start < n; start += 2 * width) {
      const middle = Math.min(start + width, n);
      const end = Math.min(start + 2 * width, n);
      let left = start;
      let right = middle;
      for (let k = start; k < end; k++) {
        const takeLeft = left < middle && (right >= end || at(values, left) <= at(values, right));
        if (!takeLeft) swaps += middle - left;
        merged[k] = at(values, takeLeft ? left++ : right++);
      }
    }
    values.set(merged);
  }
  return swaps;
}
