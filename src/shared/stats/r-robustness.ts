import { assertPaired, at, undefinedBecause, type Measured, type Vector } from './measured';

/** Smallest score change that enters R: the value the authors' later code adds. */
export const defaultRFloor = 1e-6;

export interface RRobustness {
  readonly r: Measured;
  /** Images whose score moved less than the floor; one of them can dominate R, so print it. */
  readonly floored: number;
  /** Images R is the mean of. */
  readonly n: number;
}

/**
 * R robustness (Zhang et al., NeurIPS 2022; the paper's supplement S12): the mean over images of
 *   log10( max(100 - f, f - 0) / |f - f'| ),
 * large = robust. The base is 10: with natural logarithms the paper's own R and RMSE contradict
 * each other (by Jensen, R >= log(50 / RMSE)). f is the score before the attack.
 *
 * @param before lab-scale scores `[n]` before the attack
 * @param after lab-scale scores `[n]` after it
 * @param small what happens to a change below `floor`: it counts as `floor`, or the image is left out
 * @param floor in score points, positive
 */
export function rRobustness(
  before: Vector,
  after: Vector,
  small: 'floor' | 'exclude' = 'floor',
  floor = defaultRFloor,
): RRobustness {
  assertPaired('rRobustness', before, after);
  if (!(floor > 0)) throw new RangeError(`rRobustness: floor must be positive, got ${floor}`);
  let sum = 0;
  let n = 0;
  let floored = 0;
  for (let i = 0; i < before.length; i++) {
    const f = at(before, i);
    const change = Math.abs(f - at(after, i));
    const tooSmall = change < floor;
    if (tooSmall) floored++;
    if (tooSmall && small === 'exclude') continue;
    sum += rOf(f, at(after, i), floor);
    n++;
  }
  const nothing = before.length === 0 ? 'no images' : 'no image moved by more than the floor';
  return { r: n === 0 ? undefinedBecause(nothing) : { value: sum / n }, floored, n };
}

/** What one image adds to R, as `rRobustness` writes it, with a change below the floor counted as the floor. */
export function rOf(before: number, after: number, floor = defaultRFloor): number {
  return Math.log10(Math.max(100 - before, before) / Math.max(Math.abs(before - after), floor));
}
