import * as tf from '@tensorflow/tfjs-core';
import { floats, image, input, integers, wasmBackend } from './heap';

/**
 * Global maximum and minimum over the two spatial axes, with the position of the first of each.
 *
 * Input `[n, height, width, c]`; outputs: values `[n, 2c]`, maxima then minima, and their flat positions
 * y * width + x as int32 `[n, 2c]`. Ties go to the first position in row-major order, as PyTorch's max pooling does;
 * tfjs' own gradient of `max` gives every tied position the whole cotangent, which on a flat region (all responses
 * equal) multiplies the gradient by the number of positions.
 */
const KERNEL = 'SpatialExtrema';

export function registerExtrema(): void {
  tf.registerKernel({
    kernelName: KERNEL,
    backendName: 'tensorflow',
    kernelFunc: ({ inputs, attrs }) => {
      const x = image(inputs, 'x');
      const [n, height, width, channels] = x.shape;
      return Object.values(
        tf.tidy(() => {
          const flat = tf.reshape(x, [n, height * width, channels]);
          if (attrs?.['positions'] === false) {
            const max = tf.maxPool(x, [height, width], 1, 'valid');
            const values = tf.concat([tf.reshape(max, [n, channels]), tf.min(flat, 1)], 1);
            return { values, index: tf.tensor1d([], 'int32') };
          }
          const index: tf.Tensor2D = tf.concat([tf.argMax(flat, 1), tf.argMin(flat, 1)], 1);
          // Looking the values up where they are is several times faster than reducing for them once more.
          return { values: lookUp(x, index), index };
        }),
      );
    },
  });
  tf.registerKernel({
    kernelName: KERNEL,
    backendName: 'wasm',
    kernelFunc: ({ inputs, backend }) => {
      const wasm = wasmBackend(backend);
      const x = input(inputs, 'x');
      const [n = 0, height = 0, width = 0, channels = 0] = x.shape;
      const values = wasm.makeOutput([n, 2 * channels], 'float32');
      const index = wasm.makeOutput([n, 2 * channels], 'int32');
      const source = floats(wasm, x);
      scanExtrema(
        source,
        { n, positions: height * width, channels },
        floats(wasm, values),
        integers(wasm, index),
      );
      return [values, index];
    },
  });
  tf.registerGradient({
    kernelName: KERNEL,
    outputsToSave: [false, true],
    gradFunc: (dys, [index], attrs) => ({
      x: () =>
        scatterExtrema(
          (dys as tf.Tensor[])[0] as tf.Tensor2D,
          index as tf.Tensor2D,
          (attrs as { shape: [number, number, number, number] }).shape,
        ),
    }),
  });
}

/**
 * Global maxima and minima of each channel's map.
 *
 * @param x `[n, height, width, c]`
 * @param positions false where only the values are wanted, which is faster on libtensorflow; there is no gradient then
 * @returns values `[n, 2c]` and row-major positions, int32 `[n, 2c]`
 */
export function spatialExtrema(
  x: tf.Tensor4D,
  positions = true,
): { values: tf.Tensor2D; index: tf.Tensor2D } {
  const [values, index] = tf
    .engine()
    .runKernel(KERNEL, { x }, { shape: x.shape, positions }) as unknown as [
    tf.Tensor2D,
    tf.Tensor2D,
  ];
  return { values, index };
}

/** x at each position of `index`, `[n, 2c]`. */
function lookUp(x: tf.Tensor4D, index: tf.Tensor2D): tf.Tensor2D {
  const [, height, width, channels] = x.shape;
  const perView = height * width * channels;
  const offsets = index
    .dataSync<'int32'>()
    .map(
      (position, i) =>
        Math.floor(i / (2 * channels)) * perView + position * channels + (i % channels),
    );
  const values = tf.gather(tf.reshape(x, [x.size]), tf.tensor1d(offsets, 'int32'));
  return tf.reshape(values, index.shape);
}

/** One pass over the map in memory order; strict comparisons keep the first of several equal values. */
function scanExtrema(
  source: Float32Array,
  size: { n: number; positions: number; channels: number },
  values: Float32Array,
  index: Int32Array,
): void {
  const { n, positions, channels } = size;
  for (let view = 0; view < n; view++) {
    const out = view * 2 * channels;
    let at = view * positions * channels;
    for (let c = 0; c < channels; c++) {
      values[out + c] = values[out + channels + c] = source[at + c] ?? 0;
      index[out + c] = index[out + channels + c] = 0;
    }
    for (let position = 1; position < positions; position++) {
      at += channels;
      for (let c = 0; c < channels; c++) {
        const value = source[at + c] ?? 0;
        if (value > (values[out + c] ?? 0)) {
          values[out + c] = value;
          index[out + c] = position;
        } else if (value < (values[out + channels + c] ?? 0)) {
          values[out + channels + c] = value;
          index[out + channels + c] = position;
        }
      }
    }
  }
}

/** Puts each cotangent at the position it came from; everything else is zero. */
function scatterExtrema(
  dy: tf.Tensor2D,
  index: tf.Tensor2D,
  shape: [number, number, number, number],
): tf.Tensor4D {
  const [n, height, width, channels] = shape;
  const dx = new Float32Array(n * height * width * channels);
  const cotangents = dy.dataSync();
  const positions = index.dataSync();
  for (let i = 0; i < cotangents.length; i++) {
    const view = Math.floor(i / (2 * channels));
    const at = (view * height * width + (positions[i] ?? 0)) * channels + (i % channels);
    dx[at] = (dx[at] ?? 0) + (cotangents[i] ?? 0);
  }
  return tf.tensor4d(dx, shape);
}
