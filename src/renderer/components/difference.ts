/**
 * Signed difference of two pictures, enlarged and centred on mid grey, so that "no change" is
 * neutral and both directions show.
 *
 * @param original RGBA bytes, any size
 * @param changed RGBA bytes of the same size
 * @param gain factor on the difference in grey levels
 * @returns opaque RGBA bytes: 128 + gain * (changed - original), clamped to [0, 255]
 */
export function differencePixels(
  original: Uint8ClampedArray,
  changed: Uint8ClampedArray,
  gain: number,
): Uint8ClampedArray<ArrayBuffer> {
  if (original.length !== changed.length) {
    throw new RangeError(
      `differencePixels: sizes differ, got ${original.length} and ${changed.length} bytes`,
    );
  }
  const out = new Uint8ClampedArray(original.length);
  for (let i = 0; i < out.length; i++) {
    out[i] = i % 4 === 3 ? 255 : 128 + gain * ((changed[i] ?? 0) - (original[i] ?? 0));
  }
  return out;
}
