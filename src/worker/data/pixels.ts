import type { View } from './views';

/** v / 255 in float32 for every byte: a table is exact and faster than dividing. */
const unit = Float32Array.from({ length: 256 }, (_, value) => value / 255);

/**
 * Copies one view of a picture as float32 in [0, 1].
 *
 * @param rows consecutive full rows of the picture, RGB uint8
 * @param firstRow the picture row that `rows` starts with
 * @param width pixels per row
 * @param out receives `[view.height, view.width, 3]` from `offset` on
 */
export function copyView(
  rows: Uint8Array,
  firstRow: number,
  width: number,
  view: View,
  out: Float32Array,
  offset = 0,
): void {
  const rowLength = view.width * 3;
  for (let y = 0; y < view.height; y++) {
    const row = view.upsideDown ? view.height - 1 - y : y;
    const from = ((view.top - firstRow + row) * width + view.left) * 3;
    const to = offset + y * rowLength;
    if (view.flip) copyMirrored(rows, from, out, to, view.width);
    else for (let i = 0; i < rowLength; i++) out[to + i] = unit[rows[from + i] as number] as number;
  }
}

/**
 * The same from a picture turned about its centre: the nearest pixel, black where there is none, as Pillow's
 * `Image.rotate` without expansion does it.
 *
 * @param data the whole picture, RGB uint8 `[height, width, 3]`
 * @param degrees counter-clockwise
 */
export function copyTurnedView(
  data: Uint8Array,
  { height, width }: { readonly height: number; readonly width: number },
  view: View,
  degrees: number,
  out: Float32Array,
  offset = 0,
): void {
  const angle = (-degrees * Math.PI) / 180;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const [centreX, centreY] = [width / 2, height / 2];
  for (let y = 0; y < view.height; y++) {
    const row = view.top + (view.upsideDown ? view.height - 1 - y : y) + 0.5 - centreY;
    for (let x = 0; x < view.width; x++) {
      const column = view.left + (view.flip ? view.width - 1 - x : x) + 0.5 - centreX;
      const fromX = Math.floor(cos * column + sin * row + centreX);
      const fromY = Math.floor(-sin * column + cos * row + centreY);
      const to = offset + (y * view.width + x) * 3;
      const inside = fromX >= 0 && fromX < width && fromY >= 0 && fromY < height;
      const from = (fromY * width + fromX) * 3;
      for (let c = 0; c < 3; c++) {
        out[to + c] = inside ? (unit[data[from + c] as number] as number) : 0;
      }
    }
  }
}

function copyMirrored(
  rows: Uint8Array,
  from: number,
  out: Float32Array,
  to: number,
  width: number,
): void {
  for (let x = 0; x < width; x++) {
    const source = from + (width - 1 - x) * 3;
    const target = to + x * 3;
    for (let c = 0; c < 3; c++) out[target + c] = unit[rows[source + c] as number] as number;
  }
}

/**
 * The nearest 8-bit value of every pixel, as saving a picture would store it.
 * @param values float32 in [0, 1]; halves go up
 */
export function toBytes(values: Float32Array): Uint8Array {
  const bytes = new Uint8Array(values.length);
  for (let i = 0; i < values.length; i++) {
    bytes[i] = Math.min(255, Math.max(0, Math.floor((values[i] as number) * 255 + 0.5)));
  }
  return bytes;
}

/** Bytes as float32 in [0, 1]: what a reader of the saved picture sees. */
export function fromBytes(bytes: Uint8Array): Float32Array {
  const values = new Float32Array(bytes.length);
  for (let i = 0; i < bytes.length; i++) values[i] = unit[bytes[i] as number] as number;
  return values;
}
