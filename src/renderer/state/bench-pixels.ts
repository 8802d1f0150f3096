import { LabError } from '@shared/errors';
import { mediaUrl } from '@shared/rpc';

/** Pictures of the bench, row by row, RGB. */
export interface BenchPixels {
  readonly width: number;
  readonly height: number;
  /** The original in grey levels. */
  readonly clean: Uint8Array;
  /** The attacked picture before rounding, in [0, 1]. */
  readonly attacked: Float32Array;
}

/** The grey level a saved picture would hold: as the worker rounds, halves up. */
export function savedLevel(value: number): number {
  return Math.min(255, Math.max(0, Math.floor(value * 255 + 0.5)));
}

/** RGBA bytes of the original. */
export function cleanRgba({ clean }: BenchPixels): Uint8ClampedArray<ArrayBuffer> {
  return rgba(clean.length, (i) => clean[i] as number);
}

/** RGBA bytes of the attacked picture as it would be saved. */
export function attackedRgba({ attacked }: BenchPixels): Uint8ClampedArray<ArrayBuffer> {
  return rgba(attacked.length, (i) => savedLevel(attacked[i] as number));
}

/**
 * The change before rounding, enlarged and centred on mid grey: brighter where the attack raised a
 * value, darker where it lowered it.
 * @param gain factor on the change in grey levels
 */
export function changeRgba(
  { clean, attacked }: BenchPixels,
  gain: number,
): Uint8ClampedArray<ArrayBuffer> {
  return rgba(clean.length, (i) => {
    return 128 + gain * (255 * (attacked[i] as number) - (clean[i] as number));
  });
}

function rgba(values: number, at: (i: number) => number): Uint8ClampedArray<ArrayBuffer> {
  const out = new Uint8ClampedArray((values / 3) * 4);
  for (let i = 0, to = 0; i < values; i += 3, to += 4) {
    out[to] = at(i);
    out[to + 1] = at(i + 1);
    out[to + 2] = at(i + 2);
    out[to + 3] = 255;
  }
  return out;
}

/** Red, green and blue of one pixel: grey levels before, after (unrounded) and as saved. */
export interface PixelValues {
  readonly clean: readonly number[];
  readonly attacked: readonly number[];
  readonly saved: readonly number[];
}

export function pixelAt(pixels: BenchPixels, column: number, row: number): PixelValues {
  const first = (row * pixels.width + column) * 3;
  const values = [0, 1, 2].map((channel) => pixels.attacked[first + channel] ?? 0);
  return {
    clean: [0, 1, 2].map((channel) => pixels.clean[first + channel] ?? 0),
    attacked: values.map((value) => value * 255),
    saved: values.map(savedLevel),
  };
}

/** Fetches pixels the bench holds. @throws LabError where they are not held any more */
export async function fetchPixels(id: string): Promise<ArrayBuffer> {
  const response = await fetch(mediaUrl('bench', id));
  if (response.ok) return await response.arrayBuffer();
  throw new LabError({
    kind: 'not-found',
    message: 'the pixels of this attack are not held any more',
    safe: 'Nothing stored was touched.',
    next: 'Press Try again to compute them once more.',
  });
}
