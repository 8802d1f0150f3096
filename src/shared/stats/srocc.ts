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

/** Ranks from 1 `[n]`; equal values share the average of the ranks they span. */
export function averageRanks(x: Vector): Float64Array {
  const order = orderOf(x);
  const ranks = new Float64Array(x.length);
  for (let start = 0; start < order.length;) {
    let end = start + 1;
    while (end < order.length && at(x, at(order, end)) === at(x, at(order, start))) end++;
    for (let i = start; i < end; i++) ranks[at(order, i)] = (start + 1 + end) / 2;
    start = end;
  }
  return ranks;
}

/** Indices of `x` in ascending order of value. */
export function orderOf(x: Vector): Uint32Array {
  const order = Uint32Array.from({ length: x.length }, (_, i) => i);
  return order.sort((a, b) => at(x, a) - at(x, b));
}
