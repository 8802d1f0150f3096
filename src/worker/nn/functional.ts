import * as tf from '@tensorflow/tfjs-core';
import { random } from '@shared/random';
import type { RandomStream } from '@shared/random';
import { spatialExtrema } from '../engine';

/**
 * Layers without weights, with PyTorch's conventions on NHWC tensors: explicit symmetric padding and floor mode.
 * TensorFlow's "same" padding is not PyTorch's at stride 2: it pads even inputs on the far side only.
 */
interface Window {
  readonly kernel: number | readonly [number, number];
  /** Defaults to the kernel, as in PyTorch's pooling. */
  readonly stride?: number | readonly [number, number];
  /** Rows and columns added on every side, default 0. */
  readonly padding?: number;
}

function pair(value: number | readonly [number, number]): [number, number] {
  return typeof value === 'number' ? [value, value] : [value[0], value[1]];
}

/** Adds `padding` rows and columns of `value` on every side. */
export function pad2d(x: tf.Tensor4D, padding: number, value = 0): tf.Tensor4D {
  if (padding === 0) return x;
  return tf.pad4d(
    x,
    [
      [0, 0],
      [padding, padding],
      [padding, padding],
      [0, 0],
    ],
    value,
  );
}

/** Max pooling; padding counts as minus infinity. */
export function maxPool2d(x: tf.Tensor4D, { kernel, stride, padding = 0 }: Window): tf.Tensor4D {
  const padded = pad2d(x, padding, Number.NEGATIVE_INFINITY);
  return tf.maxPool(padded, pair(kernel), pair(stride ?? kernel), 'valid');
}

/** Average pooling; padding counts as zero, and towards the mean (PyTorch's default `count_include_pad`). */
export function avgPool2d(x: tf.Tensor4D, { kernel, stride, padding = 0 }: Window): tf.Tensor4D {
  return tf.avgPool(pad2d(x, padding), pair(kernel), pair(stride ?? kernel), 'valid');
}

/** Mean over the spatial axes: `[n, h, w, c]` to `[n, c]`. */
export function globalAvgPool(x: tf.Tensor4D): tf.Tensor2D {
  return tf.mean(x, [1, 2]);
}

/** Maximum over the spatial axes: `[n, h, w, c]` to `[n, c]`; ties pass their gradient to the first position. */
export function globalMaxPool(x: tf.Tensor4D): tf.Tensor2D {
  const channels = x.shape[3];
  return tf.slice(spatialExtrema(x).values, [0, 0], [x.shape[0], channels]);
}

/** Minimum over the spatial axes: `[n, h, w, c]` to `[n, c]`; ties pass their gradient to the first position. */
export function globalMinPool(x: tf.Tensor4D): tf.Tensor2D {
  const channels = x.shape[3];
  return tf.slice(spatialExtrema(x).values, [0, channels], [x.shape[0], channels]);
}

/** `[n, h, w, c]` to `[n, c * h * w]` in PyTorch's order (channel, row, column), so that its weights fit. */
export function flatten(x: tf.Tensor4D): tf.Tensor2D {
  const [n, height, width, channels] = x.shape;
  return tf.reshape(tf.transpose(x, [0, 3, 1, 2]), [n, channels * height * width]);
}

export interface DropoutKey {
  readonly seed: number;
  readonly step: number;
  /** Distinguishes the dropout and drop-path layers of one model. */
  readonly name: string;
}

/**
 * Zeroes each value with probability `rate` and scales the rest by 1/(1 - rate) (Srivastava et al., 2014, in the
 * inverted form). The mask is a function of the key alone: two passes with one key share one mask.
 */
export function dropout<T extends tf.Tensor>(x: T, rate: number, key: DropoutKey): T {
  if (rate === 0) return x;
  const stream = random(key.seed, `dropout/${key.name}`, key.step);
  return tf.mul(x, tf.tensor(keepMask(stream, x.size, rate), x.shape));
}

/**
 * Stochastic depth (Huang et al., 2016) for a residual branch: drops it for whole samples with probability `rate` and
 * scales it by 1/(1 - rate) for the rest. Keyed like `dropout`: the first axis is the batch.
 */
export function dropPath<T extends tf.Tensor>(x: T, rate: number, key: DropoutKey): T {
  if (rate === 0) return x;
  const samples = x.shape[0];
  const stream = random(key.seed, `drop-path/${key.name}`, key.step);
  const shape = x.shape.map((_, axis) => (axis === 0 ? samples : 1));
  return tf.mul(x, tf.tensor(keepMask(stream, samples, rate), shape));
}

function keepMask(stream: RandomStream, count: number, rate: number): Float32Array {
  const threshold = rate * 4294967296;
  const scale = 1 / (1 - rate);
  const mask = new Float32Array(count);
  for (let i = 0; i < count; i++) mask[i] = stream.uint32() < threshold ? 0 : scale;
  return mask;
}
