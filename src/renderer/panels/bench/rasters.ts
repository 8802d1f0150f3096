import {
  attackedRgba,
  changeRgba,
  cleanRgba,
  pixelAt,
  type BenchPixels,
} from '../../state/bench-pixels';
import { fixed, signed } from '../../components/format';
import type { Cell } from './draw-pane';

function canvasOf(
  { width, height }: BenchPixels,
  rgba: Uint8ClampedArray<ArrayBuffer>,
): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  canvas.getContext('2d')?.putImageData(new ImageData(rgba, width, height), 0, 0);
  return canvas;
}

/** The pictures of one answer as canvases of their own size, to be drawn at any zoom. */
export const originalCanvas = (pixels: BenchPixels): HTMLCanvasElement =>
  canvasOf(pixels, cleanRgba(pixels));
export const attackedCanvas = (pixels: BenchPixels): HTMLCanvasElement =>
  canvasOf(pixels, attackedRgba(pixels));
export const changeCanvas = (pixels: BenchPixels, gain: number): HTMLCanvasElement =>
  canvasOf(pixels, changeRgba(pixels, gain));

const bright = ([r = 0, g = 0, b = 0]: readonly number[]): boolean =>
  0.299 * r + 0.587 * g + 0.114 * b > 140;

/** Grey levels of the original, written into large pixels. */
export const originalCell =
  (pixels: BenchPixels) =>
  (column: number, row: number): Cell => {
    const { clean } = pixelAt(pixels, column, row);
    return { lines: clean.map(String), bright: bright(clean) };
  };

/** Grey levels as saved. */
export const attackedCell =
  (pixels: BenchPixels) =>
  (column: number, row: number): Cell => {
    const { saved } = pixelAt(pixels, column, row);
    return { lines: saved.map(String), bright: bright(saved) };
  };

/** The change before rounding, in grey levels. */
export const changeCell =
  (pixels: BenchPixels, gain: number) =>
  (column: number, row: number): Cell => {
    const { clean, attacked } = pixelAt(pixels, column, row);
    const change = clean.map((value, channel) => (attacked[channel] ?? 0) - value);
    return {
      lines: change.map((value) => (value === 0 ? fixed(0, 2) : signed(value, 2))),
      bright: bright(change.map((value) => 128 + gain * value)),
    };
  };
