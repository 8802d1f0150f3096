import type { RgbImage } from './image';

/**
 * Bilinear resize, bit-equal to `Image.resize(size, BILINEAR)` of Pillow up to 12 on 8-bit pictures: a triangle filter
 * widened by the reduction factor (so it antialiases), horizontal pass first, each pass in 22-bit fixed point and rounded
 * to uint8. Every released model resized its pictures this way; a plain bilinear resize differs by tens of levels.
 * Pillow 13 makes the cheaper pass first, which moves some samples by one level. test/fixtures/pil holds the numbers.
 */
const PRECISION_BITS = 22;
const HALF = 1 << (PRECISION_BITS - 1);

interface Taps {
  /** First input sample of each output sample, and how many follow. */
  readonly first: Int32Array;
  readonly count: Int32Array;
  /** Fixed-point weights, `width` per output sample. */
  readonly weights: Int32Array;
  readonly width: number;
}

function triangleTaps(inputSize: number, outputSize: number): Taps {
  const scale = inputSize / outputSize;
  const reduction = Math.max(scale, 1);
  const width = Math.ceil(reduction) * 2 + 1;
  const first = new Int32Array(outputSize);
  const count = new Int32Array(outputSize);
  const weights = new Int32Array(outputSize * width);
  const raw = new Float64Array(width);
  for (let i = 0; i < outputSize; i++) {
    const centre = (i + 0.5) * scale;
    const from = Math.max(0, Math.trunc(centre - reduction + 0.5));
    const to = Math.min(inputSize, Math.trunc(centre + reduction + 0.5));
    let sum = 0;
    for (let j = from; j < to; j++) {
      // Pillow multiplies by the reciprocal; dividing would round differently in the last bit.
      const distance = Math.abs((j - centre + 0.5) * (1 / reduction));
      const weight = Math.max(0, 1 - distance);
      raw[j - from] = weight;
      sum += weight;
    }
    first[i] = from;
    count[i] = to - from;
    for (let k = 0; k < to - from; k++) {
      const weight = sum === 0 ? 0 : (raw[k] ?? 0) / sum;
      weights[i * width + k] = Math.trunc(0.5 + weight * (1 << PRECISION_BITS));
    }
  }
  return { first, count, weights, width };
}

/** The weights sum to 2^22 give or take a rounding, so that a sum can exceed 255 by one level but never fall below 0. */
function toByte(sum: number): number {
  return Math.min(255, sum >> PRECISION_BITS);
}

/** One pass along the rows: [rows, fromWidth, channels] to [rows, toWidth, channels]. */
function horizontalPass(
  input: Uint8Array,
  fromWidth: number,
  toWidth: number,
  rows: number,
  channels: number,
): Uint8Array {
  const { first, count, weights, width } = triangleTaps(fromWidth, toWidth);
  const output = new Uint8Array(rows * toWidth * channels);
  let to = 0;
  for (let y = 0; y < rows; y++) {
    const row = y * fromWidth;
    for (let x = 0; x < toWidth; x++) {
      const taps = count[x] ?? 0;
      const start = (row + (first[x] ?? 0)) * channels;
      for (let c = 0; c < channels; c++) {
        let sum = HALF;
        for (let k = 0, from = start + c; k < taps; k++, from += channels) {
          sum += (input[from] ?? 0) * (weights[x * width + k] ?? 0);
        }
        output[to++] = toByte(sum);
      }
    }
  }
  return output;
}

/** One pass along the columns; `stride` is the samples per row (width times channels). */
function verticalPass(
  input: Uint8Array,
  stride: number,
  fromHeight: number,
  toHeight: number,
): Uint8Array {
  const { first, count, weights, width } = triangleTaps(fromHeight, toHeight);
  const output = new Uint8Array(toHeight * stride);
  const sums = new Int32Array(stride);
  for (let y = 0; y < toHeight; y++) {
    sums.fill(HALF);
    const taps = count[y] ?? 0;
    for (let k = 0; k < taps; k++) {
      const weight = weights[y * width + k] ?? 0;
      const from = ((first[y] ?? 0) + k) * stride;
      for (let i = 0; i < stride; i++) sums[i] = (sums[i] ?? 0) + (input[from + i] ?? 0) * weight;
    }
    for (let i = 0; i < stride; i++) output[y * stride + i] = toByte(sums[i] ?? 0);
  }
  return output;
}

/**
 * Resizes interleaved 8-bit samples as Pillow does.
 *
 * @param input [fromHeight, fromWidth, channels] uint8
 * @returns [toHeight, toWidth, channels] uint8, always a new array
 */
export function resizeSamples(
  input: Uint8Array,
  from: { readonly width: number; readonly height: number },
  to: { readonly width: number; readonly height: number },
  channels: number,
): Uint8Array {
  for (const [name, value] of Object.entries({ width: to.width, height: to.height })) {
    if (!Number.isInteger(value) || value < 1) {
      throw new RangeError(`resize: ${name} must be a whole number of at least 1, got ${value}`);
    }
  }
  if (input.length !== from.width * from.height * channels) {
    throw new RangeError(
      `resize: expected ${from.height} x ${from.width} x ${channels} samples, got ${input.length}`,
    );
  }
  const wide =
    to.width === from.width
      ? input.slice()
      : horizontalPass(input, from.width, to.width, from.height, channels);
  if (to.height === from.height) return wide;
  return verticalPass(wide, to.width * channels, from.height, to.height);
}

/**
 * Bilinear resize of a picture, bit-equal to BILINEAR of Pillow up to 12.
 *
 * @param image [image.height, image.width, 3] uint8 RGB
 * @param height rows of the result; note the order, as in the models' papers
 * @param width columns of the result
 */
export function resizeBilinear(image: RgbImage, height: number, width: number): RgbImage {
  return { width, height, data: resizeSamples(image.data, image, { width, height }, 3) };
}
