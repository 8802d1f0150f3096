/**
 * Quantile of Student's t distribution, for intervals of a mean.
 *
 * P(|T| > t) = I_x(df/2, 1/2) with x = df / (df + t^2), I the regularised incomplete beta function
 * (Abramowitz & Stegun, 1964, 26.7.1); it falls with t, so bisection finds t to the last digit.
 *
 * @param level probability that |T| stays below the result, in (0, 1)
 * @param df degrees of freedom, positive
 */
export function studentT(level: number, df: number): number {
  if (!(level > 0 && level < 1)) {
    throw new RangeError(`studentT: level must be in (0, 1), got ${level}`);
  }
  if (!(df > 0)) throw new RangeError(`studentT: df must be positive, got ${df}`);
  const beyond = (t: number): number => incompleteBeta(df / (df + t * t), df / 2, 0.5);
  let low = 0;
  let high = 1;
  while (beyond(high) > 1 - level) high *= 2;
  for (let i = 0; i < 200 && high - low > 1e-13 * high; i++) {
    const middle = (low + high) / 2;
    if (beyond(middle) > 1 - level) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** I_x(a, b) by the continued fraction of Abramowitz & Stegun 26.5.8, mirrored where it is slow. */
function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a);
  const front = Math.exp(
    logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x),
  );
  return (front * continuedFraction(x, a, b)) / a;
}

/** Evaluated from the front after Lentz (1976); a zero denominator is moved off zero. */
function continuedFraction(x: number, a: number, b: number): number {
  const tiny = 1e-300;
  const guarded = (value: number): number => (Math.abs(value) < tiny ? tiny : value);
  let c = 1;
  let d = 1 / guarded(1 - ((a + b) * x) / (a + 1));
  let result = d;
  for (let m = 1; m <= 1000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / guarded(1 + even * d);
    c = guarded(1 + even / c);
    result *= d * c;
    d = 1 / guarded(1 + odd * d);
    c = guarded(1 + odd / c);
    result *= d * c;
    if (Math.abs(d * c - 1) < 1e-15) break;
  }
  return result;
}

/** ln Gamma(z), z > 0: Stirling's series after shifting z above 10; its error there is below 1e-15. */
function logGamma(z: number): number {
  let shift = 0;
  while (z < 10) shift -= Math.log(z++);
  const inverse = 1 / z;
  const square = inverse * inverse;
  const series =
    inverse *
    (1 / 12 - square * (1 / 360 - square * (1 / 1260 - square * (1 / 1680 - square / 1188))));
  return shift + (z - 0.5) * Math.log(z) - z + 0.5 * Math.log(2 * Math.PI) + series;
}
