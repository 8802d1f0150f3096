import { decodeImageBytes } from '@imaging/decode';
import { encodeJpeg } from '@imaging/encode';
import type { RgbImage } from '@imaging/image';
import { resizeBilinear } from '@imaging/resize';
import type { RandomStream } from '@shared/random';

/**
 * The five ways in which the demo damages a picture. Each is visible inside any 32 x 32 patch and survives local
 * contrast normalisation, so that a small network can learn it in a minute; a loss of contrast would not survive.
 */
export interface Distortion {
  readonly id: string;
  /** Strength at levels 1 to 5, in the distortion's own unit. */
  readonly strengths: readonly [number, number, number, number, number];
  /** How much texture hides it (positive) or brings it out (negative), as a share of its effect. */
  readonly masking: number;
  apply(image: RgbImage, strength: number, stream: RandomStream): Promise<RgbImage> | RgbImage;
}

const clampByte = (x: number): number => Math.min(255, Math.max(0, Math.round(x)));

/** Separable Gaussian blur, cut off at three deviations, borders repeated; `sigma` in pixels. */
function blur(image: RgbImage, sigma: number): RgbImage {
  const radius = Math.ceil(3 * sigma);
  const kernel = Array.from({ length: 2 * radius + 1 }, (_, i) =>
    Math.exp(-((i - radius) ** 2) / (2 * sigma * sigma)),
  );
  const total = kernel.reduce((sum, weight) => sum + weight, 0);
  const { width, height } = image;
  const pass = (input: ArrayLike<number>, horizontal: boolean): Float64Array => {
    const output = new Float64Array(width * height * 3);
    const limit = (horizontal ? width : height) - 1;
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        for (let c = 0; c < 3; c++) {
          let sum = 0;
          for (let k = -radius; k <= radius; k++) {
            const at = Math.min(limit, Math.max(0, (horizontal ? x : y) + k));
            const from = horizontal ? y * width + at : at * width + x;
            sum += (input[from * 3 + c] ?? 0) * (kernel[k + radius] ?? 0);
          }
          output[(y * width + x) * 3 + c] = sum / total;
        }
      }
    }
    return output;
  };
  return { width, height, data: Uint8Array.from(pass(pass(image.data, true), false), clampByte) };
}

/** Independent normal noise on every sample; `sigma` in grey levels. */
function addNoise(image: RgbImage, sigma: number, stream: RandomStream): RgbImage {
  return { ...image, data: image.data.map((value) => clampByte(value + stream.normal(0, sigma))) };
}

async function recompress(image: RgbImage, quality: number): Promise<RgbImage> {
  return decodeImageBytes(await encodeJpeg(image, quality), 'demo.jpg');
}

/** Every channel in `levels` equally spaced levels: contours where there were gradients. */
function quantise(image: RgbImage, levels: number): RgbImage {
  const step = 255 / (levels - 1);
  return { ...image, data: image.data.map((value) => clampByte(Math.round(value / step) * step)) };
}

/** Resized down by `factor` and back by repeating pixels: blocks, as of a thumbnail blown up. */
function pixelate(image: RgbImage, factor: number): RgbImage {
  const { width, height } = image;
  const small = resizeBilinear(image, Math.round(height / factor), Math.round(width / factor));
  const data = new Uint8Array(width * height * 3);
  for (let y = 0, to = 0; y < height; y++) {
    const row = Math.floor(((y + 0.5) * small.height) / height) * small.width;
    for (let x = 0; x < width; x++, to += 3) {
      const from = (row + Math.floor(((x + 0.5) * small.width) / width)) * 3;
      data.set(small.data.subarray(from, from + 3), to);
    }
  }
  return { width, height, data };
}

export const distortions: readonly Distortion[] = [
  { id: 'blur', strengths: [0.6, 0.95, 1.4, 2.1, 3.2], masking: -0.15, apply: blur },
  { id: 'noise', strengths: [4, 8, 14, 23, 36], masking: 0.2, apply: addNoise },
  { id: 'jpeg', strengths: [45, 26, 15, 9, 5], masking: 0.15, apply: recompress },
  { id: 'colours', strengths: [20, 12, 8, 5, 3], masking: 0.15, apply: quantise },
  { id: 'pixels', strengths: [1.35, 1.8, 2.5, 3.6, 5.2], masking: -0.1, apply: pixelate },
];

export const LEVELS = 5;
