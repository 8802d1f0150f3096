import type { RgbImage } from './image';

/** Sharpness of OpenCV's kernel (Keys 1981 with a = -0.75); Pillow's and MATLAB's is -0.5. */
const A = -0.75;

/** OpenCV holds the weights of 8-bit pictures in eleven bits after the point. */
const ONE = 2048;

interface Taps {
  /** Four input positions per output sample, kept inside the picture. */
  readonly at: Int32Array;
  /** Their weights in units of 1/2048. */
  readonly weights: Int32Array;
}

function cubicTaps(inputSize: number, outputSize: number): Taps {
  const scale = inputSize / outputSize;
  const at = new Int32Array(4 * outputSize);
  const weights = new Int32Array(4 * outputSize);
  for (let i = 0; i < outputSize; i++) {
    const centre = (i + 0.5) * scale - 0.5;
    const left = Math.floor(centre);
    const t = centre - left;
    const first = ((A * (t + 1) - 5 * A) * (t + 1) + 8 * A) * (t + 1) - 4 * A;
    const second = ((A + 2) * t - (A + 3)) * t * t + 1;
    const third = ((A + 2) * (1 - t) - (A + 3)) * (1 - t) * (1 - t) + 1;
    [first, second, third, 1 - first - second - third].forEach((weight, k) => {
      weights[4 * i + k] = Math.round(weight * ONE);
      at[4 * i + k] = Math.min(inputSize - 1, Math.max(0, left - 1 + k));
    });
  }
  return { at, weights };
}

/**
 * Bicubic resize as `cv2.resize(..., INTER_CUBIC)` makes it of 8-bit pictures: four taps by four whatever the reduction
 * (it does not antialias), positions outside repeat the edge. Agrees with OpenCV to one level, its vector code rounding
 * the second pass in float32; test/fixtures/cv2 holds the numbers.
 *
 * @param image [image.height, image.width, 3] uint8 RGB
 * @param height rows of the result
 * @param width columns of the result
 */
export function resizeCubic(image: RgbImage, height: number, width: number): RgbImage {
  const columns = cubicTaps(image.width, width);
  const rows = cubicTaps(image.height, height);
  const wide = new Int32Array(image.height * width * 3);
  for (let y = 0, to = 0; y < image.height; y++) {
    const row = y * image.width;
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < 3; c++) wide[to++] = weighted(image.data, columns, x, row, 3, c);
    }
  }
  const data = new Uint8ClampedArray(height * width * 3);
  const stride = width * 3;
  for (let y = 0, to = 0; y < height; y++) {
    for (let i = 0; i < stride; i++) {
      // The clamped array rounds halves to the even level, as OpenCV does.
      data[to++] = weighted(wide, rows, y, 0, stride, i) / (ONE * ONE);
    }
  }
  return { width, height, data: new Uint8Array(data.buffer) };
}

/** Sum of the four taps of output sample `i`; position p of the input is element (start + p) * stride + offset. */
function weighted(
  input: Uint8Array | Int32Array,
  { at, weights }: Taps,
  i: number,
  start: number,
  stride: number,
  offset: number,
): number {
  let sum = 0;
  for (let k = 4 * i; k < 4 * i + 4; k++) {
    sum += (weights[k] ?? 0) * (input[(start + (at[k] ?? 0)) * stride + offset] ?? 0);
  }
  return sum;
}
