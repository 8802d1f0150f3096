import { binomialCdf, normalCdf } from './normal';

export interface CertificateSettings {
  /** Deviation of the Gaussian noise, in the unit of `radius`. */
  readonly sigma: number;
  /** l2 norm that a perturbation may have. */
  readonly radius: number;
  /** Probability that both bounds hold, over the draws of the noise. */
  readonly confidence: number;
}

/** Ranks, from 1, of the draws that bound the median; null where n draws are too few for the confidence. */
export interface CertificateRanks {
  readonly low: number;
  readonly high: number;
}

/**
 * Certificate of a smoothed median (Chiang et al., NeurIPS 2020, Lemma 1 and section 4): for every perturbation d with
 * ||d||_2 <= radius, the median over the noise of f(x + d + noise) lies between the quantiles of f(x + noise) at
 *
 *   p_low = Phi(-radius / sigma)   and   p_high = Phi(radius / sigma).
 *
 * Quantiles are not known, only n draws. The k-th smallest draw is at most the p-quantile unless fewer than k draws
 * fall at or below it, and at least the p-quantile unless k or more fall strictly below:
 *
 *   low  = the largest  k with P(Bin(n, p_low)  <= k - 1) <= alpha / 2,
 *   high = the smallest k with P(Bin(n, p_high) >= k)     <= alpha / 2,    alpha = 1 - confidence,
 *
 * half of alpha for each side, so that both hold together.
 *
 * @param n draws
 */
export function certificateRanks(
  n: number,
  { sigma, radius, confidence }: CertificateSettings,
): CertificateRanks | null {
  const half = (1 - confidence) / 2;
  const shift = radius / sigma;
  const [below, above] = [normalCdf(-shift), normalCdf(shift)];
  let low = 0;
  while (low < n && binomialCdf(low, n, below) <= half) low++;
  let high = n + 1;
  while (high > 1 && 1 - binomialCdf(high - 2, n, above) <= half) high--;
  return low < 1 || high > n ? null : { low, high };
}

/**
 * Median of the draws with the bounds of `certificateRanks`.
 * @param draws scores under noise, at least one
 */
export function certifiedMedian(
  draws: ArrayLike<number>,
  settings: CertificateSettings,
): { readonly median: number; readonly low: number | null; readonly high: number | null } {
  const sorted = Float64Array.from(draws).sort();
  const n = sorted.length;
  if (n === 0) throw new RangeError('certifiedMedian: there must be at least one draw');
  const at = (rank: number): number => sorted[rank - 1] ?? Number.NaN;
  const median = (at(Math.floor((n + 1) / 2)) + at(Math.ceil((n + 1) / 2))) / 2;
  const ranks = certificateRanks(n, settings);
  return { median, low: ranks && at(ranks.low), high: ranks && at(ranks.high) };
}
