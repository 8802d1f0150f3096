/** Window of Wang et al. (2004): 11 taps, standard deviation 1.5. */
export const windowSize = 11;
const radius = 5;
const sigma = 1.5;

/** The window along one axis; its sum is 1. */
export const gaussianTaps = ((): Float64Array => {
  const raw = Float64Array.from({ length: windowSize }, (_, i) =>
    Math.exp(-((i - radius) ** 2) / (2 * sigma * sigma)),
  );
  const sum = raw.reduce((total, value) => total + value, 0);
  return raw.map((value) => value / sum);
})();

/** Called once per row of window positions with the four Gaussian-weighted moments of that row. */
export type MomentRow = (
  meanA: Float64Array,
  meanB: Float64Array,
  /** E[a^2] + E[b^2]: SSIM needs only the sum of the two variances. */
  squares: Float64Array,
  products: Float64Array,
) => void;

/**
 * Gaussian-weighted local moments of two rasters over every window that lies fully inside
 * ("valid"), row by row, in double precision.
 *
 * The window is separable: each input row is filtered along x once and kept in a ring of 11 rows,
 * which are then weighted along y. Taps are folded (the window is symmetric), and E[a^2] + E[b^2]
 * is one field, so four fields are filtered, not five.
 *
 * @param a raster `[height, width, channels]`, channels interleaved
 * @param b raster of the same shape
 * @param visit receives arrays of `(width - 10) * channels`; they are reused between calls
 */
export function gaussianMoments(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  height: number,
  width: number,
  channels: number,
  visit: MomentRow,
): void {
  const inside = (width - windowSize + 1) * channels;
  const length = width * channels;
  const fields = Array.from({ length: 4 }, () => new Float64Array(length));
  const rings = fields.map(() =>
    Array.from({ length: windowSize }, () => new Float64Array(inside)),
  );
  const sums = fields.map(() => new Float64Array(inside));
  const [rowA, rowB, rowSquares, rowProducts] = fields as [F, F, F, F];
  const [meanA, meanB, squares, products] = sums as [F, F, F, F];

  for (let y = 0; y < height; y++) {
    const start = y * length;
    for (let i = 0; i < length; i++) {
      const p = a[start + i] ?? 0;
      const q = b[start + i] ?? 0;
      rowA[i] = p;
      rowB[i] = q;
      rowSquares[i] = p * p + q * q;
      rowProducts[i] = p * q;
    }
    for (let f = 0; f < 4; f++) {
      filterRow(fields[f] as F, channels, rings[f]?.[y % windowSize] as F);
    }
    if (y < windowSize - 1) continue;
    for (let f = 0; f < 4; f++) weightRows(rings[f] as F[], y + 1, sums[f] as F);
    visit(meanA, meanB, squares, products);
  }
}

type F = Float64Array;

const [t0, t1, t2, t3, t4, t5] = gaussianTaps as unknown as [
  number,
  number,
  number,
  number,
  number,
  number,
];

function filterRow(row: F, step: number, out: F): void {
  const last = 10 * step;
  for (let i = 0; i < out.length; i++) {
    out[i] =
      t0 * ((row[i] as number) + (row[i + last] as number)) +
      t1 * ((row[i + step] as number) + (row[i + 9 * step] as number)) +
      t2 * ((row[i + 2 * step] as number) + (row[i + 8 * step] as number)) +
      t3 * ((row[i + 3 * step] as number) + (row[i + 7 * step] as number)) +
      t4 * ((row[i + 4 * step] as number) + (row[i + 6 * step] as number)) +
      t5 * (row[i + 5 * step] as number);
  }
}

/** @param oldest index modulo 11 of the oldest row in the ring */
function weightRows(ring: F[], oldest: number, out: F): void {
  const at = (k: number): F => ring[(oldest + k) % windowSize] as F;
  const [r0, r1, r2, r3, r4, r5] = [at(0), at(1), at(2), at(3), at(4), at(5)];
  const [r6, r7, r8, r9, r10] = [at(6), at(7), at(8), at(9), at(10)];
  for (let i = 0; i < out.length; i++) {
    out[i] =
      t0 * ((r0[i] as number) + (r10[i] as number)) +
      t1 * ((r1[i] as number) + (r9[i] as number)) +
      t2 * ((r2[i] as number) + (r8[i] as number)) +
      t3 * ((r3[i] as number) + (r7[i] as number)) +
      t4 * ((r4[i] as number) + (r6[i] as number)) +
      t5 * (r5[i] as number);
  }
}
