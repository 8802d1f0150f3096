import { gaussianMoments, windowSize } from './gaussian-moments';
import { assertComparable, type Picture } from './picture';

/**
 * Structural similarity (Wang, Bovik, Sheikh & Simoncelli, 2004) on [0, 1] pictures. The same
 * formula gives .72 or .99 for the same noise depending on downsampling, so a value always carries
 * the name of its variant:
 * - `ssim-piq`: per RGB channel, average-pooled by max(1, round(min(height, width) / 256)) first,
 *   as the piq package (0.8) does by default;
 * - `ssim-full`: per RGB channel at full resolution;
 * - `ssim-luma`: on luma .299 R + .587 G + .114 B at full resolution;
 * - `ssim-replicate`: per RGB channel at full resolution, the border repeated by 5 pixels so that
 *   every pixel has a window: the version (piq 0.5.4) that the released Perceptual Attack maximises.
 * All use the 11x11 Gaussian window of deviation 1.5, biased variances, K1 = .01 and K2 = .03; all but
 * the last look at valid positions only.
 */
export const ssimVariants = ['ssim-piq', 'ssim-full', 'ssim-luma', 'ssim-replicate'] as const;
export type SsimVariant = (typeof ssimVariants)[number];

export const c1 = 0.01 ** 2;
export const c2 = 0.03 ** 2;
/** Of R, G and B. */
export const lumaWeights = [0.299, 0.587, 0.114] as const;

/** A raster of any number of channels; SSIM is the mean over positions and channels. */
interface Raster {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly data: ArrayLike<number>;
}

/**
 * Mean structural similarity of two pictures.
 *
 * @param a `[height, width, 3]` float32 in [0, 1]
 * @param b same shape
 * @returns at most 1, exactly 1 for equal pictures
 * @throws Error where the shapes differ or the (downsampled) picture is smaller than the window
 */
export function ssim(a: Picture, b: Picture, variant: SsimVariant): number {
  assertComparable(variant, a, b);
  if (!ssimFits(a.height, a.width, variant)) {
    throw new Error(
      `${variant}: the ${windowSize}x${windowSize} window does not fit, got ${a.height}x${a.width}`,
    );
  }
  return similarity(prepare(a, variant), prepare(b, variant));
}

/** Mean similarity by name, of the variants whose window fits; variants that coincide cost one pass. */
export function ssimOf(
  a: Picture,
  b: Picture,
  variants: readonly SsimVariant[],
): Map<SsimVariant, number> {
  const values = new Map<SsimVariant, number>();
  for (const variant of variants) {
    if (!ssimFits(a.height, a.width, variant)) continue;
    const full = values.get('ssim-full');
    const unpooled = variant === 'ssim-piq' && poolFactor(a.height, a.width) === 1;
    values.set(variant, unpooled && full !== undefined ? full : ssim(a, b, variant));
  }
  return values;
}

/** Whether the 11x11 window fits a picture of this size, after the variant's downsampling. */
export function ssimFits(height: number, width: number, variant: SsimVariant): boolean {
  if (variant === 'ssim-replicate') return Math.min(height, width) >= 1;
  const f = variant === 'ssim-piq' ? poolFactor(height, width) : 1;
  return Math.min(Math.floor(height / f), Math.floor(width / f)) >= windowSize;
}

/** piq's downsampling factor: max(1, round(min / 256)), halves rounded to even as Python does. */
export function poolFactor(height: number, width: number): number {
  const ratio = Math.min(height, width) / 256;
  const floor = Math.floor(ratio);
  const half = ratio - floor === 0.5;
  return Math.max(1, half ? floor + (floor % 2) : Math.round(ratio));
}

function prepare(picture: Picture, variant: SsimVariant): Raster {
  switch (variant) {
    case 'ssim-full':
      return { ...picture, channels: 3 };
    case 'ssim-luma':
      return luma(picture);
    case 'ssim-replicate':
      return withBorder(picture, (windowSize - 1) / 2);
    case 'ssim-piq': {
      const factor = poolFactor(picture.height, picture.width);
      return factor === 1 ? { ...picture, channels: 3 } : averagePool(picture, factor);
    }
  }
}

function luma({ height, width, data }: Picture): Raster {
  const out = new Float64Array(height * width);
  for (let i = 0, j = 0; i < out.length; i++, j += 3) {
    out[i] =
      lumaWeights[0] * (data[j] as number) +
      lumaWeights[1] * (data[j + 1] as number) +
      lumaWeights[2] * (data[j + 2] as number);
  }
  return { height, width, channels: 1, data: out };
}

/** The picture with its border values repeated outwards. */
function withBorder({ height, width, data }: Picture, border: number): Raster {
  const inside = (at: number, length: number): number =>
    Math.min(length - 1, Math.max(0, at - border));
  const [rows, columns] = [height + 2 * border, width + 2 * border];
  const out = new Float32Array(rows * columns * 3);
  for (let y = 0, to = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++, to += 3) {
      const from = (inside(y, height) * width + inside(x, width)) * 3;
      out.set(data.subarray(from, from + 3), to);
    }
  }
  return { height: rows, width: columns, channels: 3, data: out };
}

/** Mean over factor x factor blocks; rows and columns that do not fill a block are dropped. */
function averagePool(picture: Picture, factor: number): Raster {
  const height = Math.floor(picture.height / factor);
  const width = Math.floor(picture.width / factor);
  const out = new Float64Array(height * width * 3);
  const area = factor * factor;
  for (let y = 0; y < height * factor; y++) {
    const to = Math.floor(y / factor) * width * 3;
    const from = y * picture.width * 3;
    for (let x = 0; x < width * factor; x++) {
      const j = to + Math.floor(x / factor) * 3;
      for (let c = 0; c < 3; c++) {
        out[j + c] = (out[j + c] as number) + (picture.data[from + x * 3 + c] as number);
      }
    }
  }
  for (let i = 0; i < out.length; i++) out[i] = (out[i] as number) / area;
  return { height, width, channels: 3, data: out };
}

function similarity(a: Raster, b: Raster): number {
  let total = 0;
  let count = 0;
  gaussianMoments(a.data, b.data, a.height, a.width, a.channels, (ma, mb, squares, products) => {
    for (let i = 0; i < ma.length; i++) {
      const p = ma[i] as number;
      const q = mb[i] as number;
      const cross = p * q;
      const power = p * p + q * q;
      const covariance = (products[i] as number) - cross;
      const variances = (squares[i] as number) - power;
      total += ((2 * cross + c1) * (2 * covariance + c2)) / ((power + c1) * (variances + c2));
    }
    count += ma.length;
  });
  return total / count;
}
