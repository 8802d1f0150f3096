import { uniformOf } from './drawn';

/**
 * A large tensor in a few numbers, as `digest` of test/fixtures/torch/common.py: sum, l2 norm, and elements at positions
 * drawn from the tensor's name (all elements of a tensor with fewer).
 */
export type Digest = readonly number[];

export function digestOf(name: string, values: ArrayLike<number>, count: number): Digest {
  const u = uniformOf(`${name}/sample`);
  const size = values.length;
  const at = Array.from({ length: Math.min(size, count) }, (_, i) =>
    size <= count ? i : Math.floor(u(i) * size),
  );
  let sum = 0;
  let squares = 0;
  for (let i = 0; i < size; i++) {
    const value = values[i] ?? 0;
    sum += value;
    squares += value * value;
  }
  return [sum, Math.sqrt(squares), ...at.map((i) => values[i] ?? Number.NaN)];
}

/**
 * Relative errors of a digest's numbers: an element against the tensor's root mean square (or itself, if larger), so that
 * values near zero do not count as wrong; the norm against itself; the sum against the larger of itself and the norm,
 * which is what a sum of independent elements comes to.
 *
 * @param size elements of the tensor; @param rounding absolute error that an element may have from its storage alone
 */
export function relativeErrors(
  actual: Digest,
  expected: Digest,
  size: number,
  rounding = 0,
): number[] {
  if (actual.length !== expected.length) {
    throw new Error(`digest: got ${actual.length} numbers, expected ${expected.length}`);
  }
  const [sum = 0, norm = 0] = expected;
  return expected.map((want, i) => {
    const allowed = i < 2 ? Math.sqrt(size) * rounding : rounding;
    const off = Math.max(0, Math.abs((actual[i] ?? Number.NaN) - want) - allowed);
    if (off === 0) return 0;
    if (i === 0) return off / Math.max(Math.abs(sum), norm);
    return off / (i === 1 ? norm : Math.max(Math.abs(want), norm / Math.sqrt(size)));
  });
}

/** Relative errors of many numbers, tensor by tensor. */
export interface Spread {
  /** What 95 of 100 stay below. */
  readonly most: number;
  readonly worst: number;
  /** The number that is worst. */
  readonly where: string;
  /** What half of the numbers of every tensor stay below: one tensor that is wrong cannot hide among the others. */
  readonly half: number;
  /** The tensor with the largest such error. */
  readonly tensor: string;
}

/** @param errors by tensor name; NaN counts as the largest */
export function spreadOf(errors: readonly (readonly [string, readonly number[]])[]): Spread {
  const all = errors
    .flatMap(([name, values]) => values.map((value, i) => ({ value, where: `${name}[${i}]` })))
    .map(({ value, where }) => ({ value: Number.isNaN(value) ? Infinity : value, where }))
    .sort((a, b) => a.value - b.value);
  const [most, worst] = [all[Math.ceil(0.95 * all.length) - 1], all.at(-1)];
  const halves = errors
    .map(([name, values]) => ({ name, value: lowerMedian(values) }))
    .sort((a, b) => a.value - b.value);
  return {
    most: most?.value ?? 0,
    worst: worst?.value ?? 0,
    where: worst?.where ?? 'nowhere',
    half: halves.at(-1)?.value ?? 0,
    tensor: halves.at(-1)?.name ?? 'nowhere',
  };
}

function lowerMedian(values: readonly number[]): number {
  const sorted = values
    .map((value) => (Number.isNaN(value) ? Infinity : value))
    .sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
}
