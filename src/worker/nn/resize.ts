import * as tf from '@tensorflow/tfjs-core';

/**
 * Bilinear interpolation in which the corner pixels of both grids coincide (PyTorch's `align_corners=True`): output
 * row i lies at i (from - 1) / (to - 1). Written as a matrix product per axis, which has a gradient on every engine.
 *
 * @param x `[n, height, width, channels]`; @returns `[n, size[0], size[1], channels]`
 */
export function resizeAlignCorners(
  x: tf.Tensor4D,
  size: readonly [height: number, width: number],
): tf.Tensor4D {
  return tf.tidy(() => along(along(x, 1, size[0]), 2, size[1]));
}

/** Brings the axis to the front, mixes it, and takes it back. */
function along(x: tf.Tensor4D, axis: 1 | 2, to: number): tf.Tensor4D {
  const from = x.shape[axis];
  if (from === to) return x;
  const order = axis === 1 ? [1, 0, 2, 3] : [2, 0, 1, 3];
  const front = tf.transpose(x, order);
  const [, a, b, c] = front.shape;
  const mixed = tf.matMul(mixing(from, to), tf.reshape(front, [from, -1]));
  const back = axis === 1 ? [1, 0, 2, 3] : [1, 2, 0, 3];
  return tf.transpose(tf.reshape(mixed, [to, a, b, c]), back);
}

/** `[to, from]`: each row holds the two shares of one output. */
function mixing(from: number, to: number): tf.Tensor2D {
  const shares = new Float32Array(to * from);
  // A single output takes the first value, as PyTorch does.
  const step = to > 1 ? (from - 1) / (to - 1) : 0;
  for (let i = 0; i < to; i++) {
    const at = i * step;
    const low = Math.min(Math.floor(at), from - 1);
    const share = at - low;
    shares[i * from + low] = 1 - share;
    if (share > 0 && low + 1 < from) shares[i * from + low + 1] = share;
  }
  return tf.tensor2d(shares, [to, from]);
}
