import * as tf from '@tensorflow/tfjs-core';
import { floats, image, input, only, wasmBackend } from './heap';

/**
 * Mean over a square window around each pixel, cut off at the border (the mean is over the pixels that exist):
 *   y[i, j] = sum over |u - i| <= r, |v - j| <= r of x[u, v] / (rows(i) * columns(j)),  per image and channel.
 * The window lengths multiply, so rows and columns are averaged in turn. The adjoint, which the gradient needs,
 * divides by the lengths first and then sums.
 *
 * On libtensorflow as two small matrix products, ten times faster than average pooling of a one-channel map; on wasm
 * as running sums.
 */
const KERNEL = 'BoxMean';

interface BoxAttributes {
  readonly radius: number;
  readonly adjoint: boolean;
}

export function registerBoxMean(): void {
  tf.registerKernel({
    kernelName: KERNEL,
    backendName: 'tensorflow',
    kernelFunc: ({ inputs, attrs }) =>
      tf.tidy(() => byMatrices(image(inputs, 'x'), attrs as unknown as BoxAttributes)),
  });
  tf.registerKernel({
    kernelName: KERNEL,
    backendName: 'wasm',
    kernelFunc: ({ inputs, attrs, backend }) => {
      const { radius, adjoint } = attrs as unknown as BoxAttributes;
      const wasm = wasmBackend(backend);
      const x = input(inputs, 'x');
      const [n = 0, height = 0, width = 0, channels = 0] = x.shape;
      const y = wasm.makeOutput(x.shape, 'float32');
      const between = new Float32Array(n * height * width * channels);
      const rowPitch = width * channels;
      for (let row = 0; row < n * height; row++) {
        for (let c = 0; c < channels; c++) {
          const start = row * rowPitch + c;
          averageLine(
            floats(wasm, x),
            between,
            { start, length: width, stride: channels },
            radius,
            adjoint,
          );
        }
      }
      const target = floats(wasm, y);
      for (let view = 0; view < n; view++) {
        for (let c = 0; c < rowPitch; c++) {
          const start = view * height * rowPitch + c;
          averageLine(
            between,
            target,
            { start, length: height, stride: rowPitch },
            radius,
            adjoint,
          );
        }
      }
      return y;
    },
  });
  tf.registerGradient({
    kernelName: KERNEL,
    gradFunc: (dy, _saved, attrs) => {
      const { radius, adjoint } = attrs as unknown as BoxAttributes;
      return { x: () => run(only(dy) as tf.Tensor4D, radius, !adjoint) };
    },
  });
}

/** Mean over the (2 radius + 1)^2 window around each pixel of `[n, height, width, channels]`, per channel. */
export function boxMean(x: tf.Tensor4D, radius: number): tf.Tensor4D {
  return run(x, radius, false);
}

function run(x: tf.Tensor4D, radius: number, adjoint: boolean): tf.Tensor4D {
  return tf.engine().runKernel(KERNEL, { x }, { radius, adjoint });
}

function byMatrices(x: tf.Tensor4D, { radius, adjoint }: BoxAttributes): tf.Tensor4D {
  const [n, height, width, channels] = x.shape;
  const pitch = width * channels;
  const rows = tf.tensor3d(averages(height, 1, radius), [1, height, height]);
  const columns = tf.tensor2d(averages(width, channels, radius), [pitch, pitch]);
  const alongRows = tf.matMul(tf.reshape(x, [n * height, pitch]), columns, false, !adjoint);
  const both = tf.matMul(rows, tf.reshape(alongRows, [n, height, pitch]), adjoint);
  return tf.reshape(both, x.shape);
}

/** Row i holds 1 / (window length) at the neighbours of i; channels do not mix. */
function averages(length: number, channels: number, radius: number): Float32Array {
  const size = length * channels;
  const matrix = new Float32Array(size * size);
  for (let to = 0; to < length; to++) {
    const { first, last } = windowAt(to, length, radius);
    for (let from = first; from <= last; from++) {
      for (let c = 0; c < channels; c++) {
        matrix[(to * channels + c) * size + from * channels + c] = 1 / (last - first + 1);
      }
    }
  }
  return matrix;
}

function windowAt(at: number, length: number, radius: number): { first: number; last: number } {
  return { first: Math.max(0, at - radius), last: Math.min(length - 1, at + radius) };
}

/**
 * One line of running sums in double precision. The window of a border pixel is shorter; `adjoint` weighs each value
 * by its own window's length before summing, the plain mean weighs the sum by the length at the target.
 */
function averageLine(
  source: Float32Array,
  target: Float32Array,
  line: { start: number; length: number; stride: number },
  radius: number,
  adjoint: boolean,
): void {
  const { start, length, stride } = line;
  const count = (at: number): number =>
    Math.min(length - 1, at + radius) - Math.max(0, at - radius) + 1;
  const value = (at: number): number =>
    (source[start + at * stride] ?? 0) / (adjoint ? count(at) : 1);
  let sum = 0;
  for (let at = 0; at < Math.min(radius, length); at++) sum += value(at);
  for (let at = 0; at < length; at++) {
    if (at + radius < length) sum += value(at + radius);
    if (at - radius > 0) sum -= value(at - radius - 1);
    target[start + at * stride] = adjoint ? sum : sum / count(at);
  }
}
