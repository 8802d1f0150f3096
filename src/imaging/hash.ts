import { createHash } from 'node:crypto';
import type { RgbImage } from './image';
import { resizeSamples } from './resize';

/** Luma of ITU-R BT.601 in Pillow's 16-bit fixed point (`convert('L')`): [height, width] uint8. */
export function toLuma(image: RgbImage): Uint8Array {
  const { data } = image;
  const luma = new Uint8Array(image.width * image.height);
  for (let i = 0, from = 0; i < luma.length; i++, from += 3) {
    const red = data[from] ?? 0;
    const green = data[from + 1] ?? 0;
    const blue = data[from + 2] ?? 0;
    luma[i] = (red * 19595 + green * 38470 + blue * 7471 + 0x8000) >> 16;
  }
  return luma;
}

/**
 * Difference hash: the picture in grey at 9 x 8 pixels, one bit per horizontal neighbour pair, set where the right one
 * is brighter (Krawetz, "Kind of like that", 2013). Copies that were resized, recompressed or slightly edited differ in
 * few of the 64 bits; count them with `hammingDistance` in src/shared/splits.
 *
 * @returns 16 lower-case hex digits
 */
export function differenceHash(image: RgbImage): string {
  const small = resizeSamples(toLuma(image), image, { width: 9, height: 8 }, 1);
  let digits = '';
  for (let y = 0; y < 8; y++) {
    let bits = 0;
    for (let x = 0; x < 8; x++) {
      const at = y * 9 + x;
      bits = bits * 2 + ((small[at + 1] ?? 0) > (small[at] ?? 0) ? 1 : 0);
    }
    digits += bits.toString(16).padStart(2, '0');
  }
  return digits;
}

/** SHA-256 of some bytes as 64 lower-case hex digits. */
export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
