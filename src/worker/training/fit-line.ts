import type { Line } from '../models/model';

/**
 * The straight line that brings outputs to ratings with the least squared error, in double precision:
 *   scale = cov(output, rating) / var(output),  offset = mean(rating) - scale * mean(output).
 * Outputs that are all equal say nothing about the ratings: the line is then their mean.
 *
 * @param outputs `[n]`, n >= 1; @param ratings `[n]`
 */
export function fitLine(outputs: Float64Array, ratings: Float64Array): Line {
  const n = outputs.length;
  if (n === 0 || n !== ratings.length) {
    throw new Error(`fitLine: needs as many ratings as outputs, got ${ratings.length} and ${n}`);
  }
  const [x, y] = [meanOf(outputs), meanOf(ratings)];
  let together = 0;
  let alone = 0;
  for (let i = 0; i < n; i++) {
    const offset = (outputs[i] ?? 0) - x;
    together += offset * ((ratings[i] ?? 0) - y);
    alone += offset * offset;
  }
  const scale = alone === 0 ? 0 : together / alone;
  return { scale, offset: y - scale * x };
}

function meanOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
