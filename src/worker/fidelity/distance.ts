import { assertComparable, type Picture } from './picture';

export interface Distances {
  /** Largest absolute difference of a value, [0, 1] pixel units. */
  readonly linf: number;
  /** Euclidean norm of the difference over all values, [0, 1] pixel units. */
  readonly l2: number;
  /** Mean squared difference over all values. */
  readonly meanSquare: number;
}

/** Pixel distances between two pictures, summed in double precision. */
export function distances(a: Picture, b: Picture): Distances {
  assertComparable('distances', a, b);
  let linf = 0;
  let squares = 0;
  for (let i = 0; i < a.data.length; i++) {
    const d = Math.abs((a.data[i] as number) - (b.data[i] as number));
    if (d > linf) linf = d;
    squares += d * d;
  }
  return { linf, l2: Math.sqrt(squares), meanSquare: squares / a.data.length };
}

/**
 * Peak signal-to-noise ratio for a peak of 1, in dB.
 * @param meanSquare mean squared difference of [0, 1] pixels
 * @returns null for equal pictures, whose ratio is infinite
 */
export function psnrFromMeanSquare(meanSquare: number): number | null {
  return meanSquare === 0 ? null : -10 * Math.log10(meanSquare);
}
