/**
 * Score of a picture: the arithmetic mean of its views' scores, summed in double precision and kept
 * as float32. Evaluation and attacks share it, so a clean score is the same number in both.
 */
export function meanScore(scores: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < scores.length; i++) sum += scores[i] as number;
  return Math.fround(sum / scores.length);
}
