import { assertPaired, at, undefinedBecause, type Measured, type Vector } from './measured';

/**
 * Root mean square error, sqrt(mean((x - y)^2)), in the unit of the scores.
 *
 * @param x scores `[n]`
 * @param y scores `[n]` of the same images
 */
export function rmse(x: Vector, y: Vector): Measured {
  assertPaired('rmse', x, y);
  if (x.length === 0) return undefinedBecause('no images');
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += (at(x, i) - at(y, i)) ** 2;
  return { value: Math.sqrt(sum / x.length) };
}
