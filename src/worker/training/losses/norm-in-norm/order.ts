import type { HeadValue } from './loss';

/**
 * Pairwise term of order, optional beside norm-in-norm (Li, Jiang & Jiang, ACM Multimedia 2020, released code):
 *   d_ij = max(0, (a_i - a_j) sign(m_j - m_i)),   term = sum_ij d_ij / (n (n - 1)) / (1 + max d).
 *
 * @param detach takes the largest d for a constant
 */
export function disorder(scores: Float64Array, ratings: Float64Array, detach: boolean): HeadValue {
  const n = scores.length;
  const gradient = new Float64Array(n);
  if (n === 1) return { value: 0, gradient };
  const wrong: { i: number; j: number; by: number; sign: number }[] = [];
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      const sign = Math.sign((ratings[j] ?? 0) - (ratings[i] ?? 0));
      const by = ((scores[i] ?? 0) - (scores[j] ?? 0)) * sign;
      if (by > 0) wrong.push({ i, j, by, sign });
    }
  }
  const total = wrong.reduce((sum, { by }) => sum + by, 0);
  const largest = wrong.reduce((most, { by }) => Math.max(most, by), 0);
  const pairs = n * (n - 1);
  const value = total / pairs / (1 + largest);
  // Equal largest ones share the slope through the maximum, as in PyTorch; every pair occurs twice.
  const widest = wrong.filter(({ by }) => by === largest);
  const throughLargest = detach ? 0 : -value / (1 + largest) / Math.max(1, widest.length);
  const push = ({ i, j, sign }: (typeof wrong)[number], slope: number): void => {
    gradient[i] = (gradient[i] ?? 0) + sign * slope;
    gradient[j] = (gradient[j] ?? 0) - sign * slope;
  };
  for (const pair of wrong) push(pair, 1 / pairs / (1 + largest));
  for (const pair of widest) push(pair, throughLargest);
  return { value, gradient };
}
