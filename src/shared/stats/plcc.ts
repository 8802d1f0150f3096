import {
  assertPaired,
  at,
  undefinedBecause,
  whyNoCorrelation,
  type Measured,
  type Vector,
} from './measured';

/**
 * Pearson's linear correlation, raw: no logistic fit is applied. The formula printed in the paper
 * (supplement, PLCC) lacks the square root of the denominator; this is the true coefficient.
 *
 * Deviations from the mean are taken first, so that a large common offset costs no digits.
 *
 * @param x scores `[n]`
 * @param y scores `[n]` of the same images
 */
export function plcc(x: Vector, y: Vector): Measured {
  assertPaired('plcc', x, y);
  const reason = whyNoCorrelation(x, y);
  return reason === null ? { value: pearson(x, y) } : undefinedBecause(reason);
}

/** Pearson's coefficient of two vectors that are known not to be constant. */
export function pearson(x: Vector, y: Vector): number {
  const n = x.length;
  let meanX = 0;
  let meanY = 0;
  for (let i = 0; i < n; i++) {
    meanX += at(x, i) / n;
    meanY += at(y, i) / n;
  }
  let xx = 0;
  let yy = 0;
  let xy = 0;
  for (let i = 0; i < n; i++) {
    const dx = at(x, i) - meanX;
    const dy = at(y, i) - meanY;
    xx += dx * dx;
    yy += dy * dy;
    xy += dx * dy;
  }
  // Rounding can leave a perfect correlation one unit in the last place above 1.
  return Math.max(-1, Math.min(1, xy / (Math.sqrt(xx) * Math.sqrt(yy))));
}
