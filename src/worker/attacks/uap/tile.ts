import type { Place } from '../attack';
import type { Size } from '../../data/views';

/** A pattern `[height, width, 3]`, row-major, in [0, 1] pixel units around zero. */
export interface Pattern extends Size {
  readonly values: Float32Array;
}

/** The largest distance of any value from zero. */
export function largestChange({ values }: Pattern): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}

/**
 * What a piece of a picture sees of a pattern that tiles the picture from its top left corner; tiles are cut off at the
 * edges, never resized (Shumitskaya, Antsiferova & Vatolin, BMVC 2022).
 *
 * @param factor on the pattern's values
 * @returns `[size.height, size.width, 3]`, row-major
 */
export function tiled(pattern: Pattern, size: Size, place: Place, factor: number): Float32Array {
  const { height, width, values } = pattern;
  const out = new Float32Array(size.height * size.width * 3);
  let to = 0;
  for (let y = 0; y < size.height; y++) {
    const row = ((place.top + y) % height) * width;
    for (let x = 0; x < size.width; x++) {
      const from = (row + ((place.left + x) % width)) * 3;
      for (let c = 0; c < 3; c++) out[to++] = factor * (values[from + c] as number);
    }
  }
  return out;
}
