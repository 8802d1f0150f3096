import type { Size } from '../../data/views';

/** Index of a picture of `length` pixels that reflects at its edge pixels, for any index from 0 on. */
function reflected(index: number, length: number): number {
  if (length === 1) return 0;
  const period = 2 * (length - 1);
  const within = index % period;
  return within < length ? within : period - within;
}

/**
 * Continues a picture to the right and below by reflection, edge pixels not repeated, as often as it takes.
 * @param pixels `[n, from.height, from.width, 3]`
 * @returns `[n, to.height, to.width, 3]`
 */
export function reflectTo(pixels: Float32Array, count: number, from: Size, to: Size): Float32Array {
  const out = new Float32Array(count * to.height * to.width * 3);
  let at = 0;
  for (let n = 0; n < count; n++) {
    for (let y = 0; y < to.height; y++) {
      const row = (n * from.height + reflected(y, from.height)) * from.width;
      for (let x = 0; x < to.width; x++) {
        const source = (row + reflected(x, from.width)) * 3;
        for (let c = 0; c < 3; c++) out[at++] = pixels[source + c] as number;
      }
    }
  }
  return out;
}
