import { firstAtLeast } from './quantiles';
import {
  assertPaired,
  at,
  undefinedBecause,
  whyNoCorrelation,
  type Measured,
  type Vector,
} from './measured';
import { pearson } from './plcc';

/**
 * Spearman's rank correlation: Pearson's coefficient of the ranks, ties sharing their average rank.
 * The shortcut 1 - 6 sum d^2 / (n (n^2 - 1)) in the paper's supplement holds without ties only.
 *
 * @param x scores `[n]`
 * @param y scores `[n]` of the same images
 */
export function srocc(x: Vector, y: Vector): Measured {
  assertPaired('srocc', x, y);
  const reason = whyNoCorrelation(x, y);
  return reason === null
    ? { value: pearson(averageRanks(x), averageRanks(y)) }
    : undefinedBecause(reason);
}

/**
 * Ranks from 1 `[n]`; equal values share the average of the ranks they span. Looking values up in a
 * sorted copy is several times faster than sorting indices with a comparison function, and the
 * bootstrap ranks thousands of lists.
 */
export function averageRanks(x: Vector): Float64Array {
  const n = x.length;
  const ascending = new Float64Array(n);
  for (let i = 0; i < n; i++) ascending[i] = at(x, i);
  ascending.sort();
  // Rank of each run of equal values, kept where the run begins.
  const rankAt = new Float64Array(n);
  for (let first = 0; first < n;) {
    let end = first + 1;
    while (end < n && ascending[end] === ascending[first]) end++;
    rankAt[first] = (first + 1 + end) / 2;
    first = end;
  }
  const ranks = new Float64Array(n);
  for (let i = 0; i < n; i++) ranks[i] = at(rankAt, firstAtLeast(ascending, at(x, i)));
  return ranks;
}
