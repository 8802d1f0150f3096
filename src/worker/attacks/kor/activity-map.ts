import type { Size } from '../../data/views';

/** Offsets of a 5 x 5 square without its corners. */
const NEIGHBOURS = [-2, -1, 0, 1, 2].flatMap((dy) =>
  [-2, -1, 0, 1, 2].filter((dx) => Math.abs(dy) + Math.abs(dx) < 4).map((dx) => [dy, dx] as const),
);

export type ActivityKind =
  /** Squares of both Sobel responses, summed (Korhonen & You, released code). */
  | 'squared'
  /** One Sobel response, signed (the port of the MSU benchmark). */
  | 'one-axis';

/**
 * Where a picture is busy, so that changes are hard to see there (Korhonen & You, QoEVMA 2022): luma, Sobel responses
 * over 8 with zeros around the picture, their energy without the frame of one pixel, over its maximum, and the largest
 * of each 5 x 5 neighbourhood without corners. All ones where nothing is busy.
 *
 * @param pixels `[height, width, 3]` in [0, 1]
 * @returns `[height, width]`, at most 1
 */
export function activityMap(
  pixels: Float32Array,
  { height, width }: Size,
  kind: ActivityKind = 'squared',
): Float32Array {
  const y = luma(pixels);
  const at = (row: number, column: number): number =>
    row < 0 || column < 0 || row >= height || column >= width
      ? 0
      : (y[row * width + column] as number);
  const energy = new Float64Array(height * width);
  let largest = 0;
  for (let i = 1; i < height - 1; i++) {
    for (let j = 1; j < width - 1; j++) {
      const column = (dj: number): number =>
        at(i - 1, j + dj) + 2 * at(i, j + dj) + at(i + 1, j + dj);
      const row = (di: number): number => at(i + di, j - 1) + 2 * at(i + di, j) + at(i + di, j + 1);
      const vertical = (row(1) - row(-1)) / 8;
      const horizontal = (column(1) - column(-1)) / 8;
      const value = kind === 'squared' ? vertical ** 2 + horizontal ** 2 : horizontal;
      energy[i * width + j] = value;
      largest = Math.max(largest, value);
    }
  }
  if (largest === 0) return new Float32Array(height * width).fill(1);
  return dilated(energy, { height, width }, largest);
}

/** ITU-R BT.601 luma as MATLAB's rgb2gray of YCbCr has it, in [16, 235] / 255. */
function luma(pixels: Float32Array): Float64Array {
  return Float64Array.from({ length: pixels.length / 3 }, (_, i) => {
    const [r = 0, g = 0, b = 0] = pixels.subarray(3 * i, 3 * i + 3);
    return (16 + 65.481 * r + 128.553 * g + 24.966 * b) / 255;
  });
}

function dilated(energy: Float64Array, { height, width }: Size, largest: number): Float32Array {
  const map = new Float32Array(height * width);
  for (let i = 0; i < height; i++) {
    for (let j = 0; j < width; j++) {
      let most = -Infinity;
      for (const [di, dj] of NEIGHBOURS) {
        const [row, column] = [i + di, j + dj];
        if (row < 0 || column < 0 || row >= height || column >= width) continue;
        most = Math.max(most, energy[row * width + column] as number);
      }
      map[i * width + j] = most / largest;
    }
  }
  return map;
}
