import type { SignLoss } from './params';

/**
 * d loss / d f up to a positive factor, as -1, 0 or +1: all that a sign-gradient step uses of a loss.
 *
 * The step is sign(d loss/dx) = sign(d loss/df) * sign(df/dx), so the magnitude 2|f - y| of the
 * squared change never enters, and "mae" and "mse" are the same attack. Taking the sign here also
 * keeps 2 (f - y) df/dx from underflowing to zero where f - y is tiny.
 *
 * - mid (PAPER S18): f where y <= 50, -f above; fixed by the clean score y.
 * - mae: |f - y|; mse: (f - y)^2: both push f away from y, and vanish at f = y.
 * - up, down: f and -f.
 *
 * @param score f, lab scale, at the current picture
 * @param clean y, lab scale
 */
export function lossSign(loss: SignLoss, score: number, clean: number): -1 | 0 | 1 {
  switch (loss) {
    case 'mid':
      return clean <= 50 ? 1 : -1;
    case 'mae':
    case 'mse':
      return score > clean ? 1 : score < clean ? -1 : 0;
    case 'up':
      return 1;
    case 'down':
      return -1;
  }
}

/** The losses themselves, per picture, for traces; `mid`, `up` and `down` as the change in their direction. */
export function losses(
  loss: SignLoss,
  scores: ArrayLike<number>,
  clean: ArrayLike<number>,
  direction: ArrayLike<number>,
): number[] {
  return Array.from(scores, (f, i) => {
    const change = f - (clean[i] ?? 0);
    if (loss === 'mae') return Math.abs(change);
    return loss === 'mse' ? change * change : (direction[i] ?? 0) * change;
  });
}
