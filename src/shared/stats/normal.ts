/**
 * Standard normal distribution function, by erfc's continued fraction and series: relative error below 1e-14.
 * Phi(x) = erfc(-x / sqrt 2) / 2; the series sum x (x^2)^k / (1 3 5 ... (2k+1)) serves |x| < 3, the fraction of Laplace
 * beyond, where the series would cancel (Abramowitz & Stegun, 26.2.11 and 26.2.14).
 */
export function normalCdf(x: number): number {
  if (x === 0) return 0.5;
  const density = Math.exp(-(x * x) / 2) / Math.sqrt(2 * Math.PI);
  if (Math.abs(x) < 3) {
    let term = x;
    let sum = x;
    for (let k = 1; Math.abs(term) > 1e-17 * Math.abs(sum); k++) {
      term *= (x * x) / (2 * k + 1);
      sum += term;
    }
    return 0.5 + density * sum;
  }
  // 60 levels of 1 / (x + 1 / (x + 2 / (x + ...))) are exact to double precision from 3 on.
  const z = Math.abs(x);
  let fraction = z;
  for (let k = 60; k >= 1; k--) fraction = z + k / fraction;
  const tail = density / fraction;
  return x > 0 ? 1 - tail : tail;
}

/** log(k!) for whole k from 0 on: sums up to 20, Stirling's series beyond (error below 1e-12). */
export function logFactorial(k: number): number {
  if (k < 20) {
    let sum = 0;
    for (let i = 2; i <= k; i++) sum += Math.log(i);
    return sum;
  }
  const n = k + 1;
  const correction = 1 / (12 * n) - 1 / (360 * n ** 3) + 1 / (1260 * n ** 5);
  return (n - 0.5) * Math.log(n) - n + 0.5 * Math.log(2 * Math.PI) + correction;
}

/**
 * P(at most k of n independent trials succeed), each with probability p in (0, 1).
 * Terms are summed from logarithms, so that n in the thousands neither over- nor underflows.
 */
export function binomialCdf(k: number, n: number, p: number): number {
  if (k < 0) return 0;
  if (k >= n) return 1;
  let sum = 0;
  for (let i = 0; i <= k; i++) {
    const choose = logFactorial(n) - logFactorial(i) - logFactorial(n - i);
    sum += Math.exp(choose + i * Math.log(p) + (n - i) * Math.log1p(-p));
  }
  return Math.min(1, sum);
}
