import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { eachEngine } from '../../helpers/engines';
import { expectAllClose, expectNoLeak, gradients, normals } from '../../helpers/tensors';

/** The sums that define it, over small integers: exact in float32. */
function depthwiseSums(
  [height, width, channels]: readonly [number, number, number],
  kernel: number,
  stride: number,
): { x: number[]; w: number[]; dy: number[]; y: number[]; dx: number[]; dw: number[] } {
  const ramp = (n: number, period: number): number[] =>
    Array.from({ length: n }, (_, i) => (i % period) - (period >> 1));
  const [rows, columns] = [Math.ceil(height / stride), Math.ceil(width / stride)];
  const x = ramp(2 * height * width * channels, 7);
  const w = ramp(kernel * kernel * channels, 5);
  const dy = ramp(2 * rows * columns * channels, 3);
  const [y, dx, dw] = [dy, x, w].map(({ length }) => new Array<number>(length).fill(0)) as [
    number[],
    number[],
    number[],
  ];
  // TensorFlow's "same": what the output's size needs, the smaller half in front.
  const before = (size: number, out: number): number =>
    Math.max((out - 1) * stride + kernel - size, 0) >> 1;
  const [top, left] = [before(height, rows), before(width, columns)];
  const add = (sums: number[], i: number, value: number): void => {
    sums[i] = (sums[i] ?? 0) + value;
  };
  for (let at = 0; at < dy.length; at++) {
    const c = at % channels;
    const [n, i, j] = [
      Math.floor(at / (channels * columns * rows)),
      Math.floor(at / (channels * columns)) % rows,
      Math.floor(at / channels) % columns,
    ];
    for (let tap = 0; tap < kernel * kernel; tap++) {
      const a = i * stride + Math.floor(tap / kernel) - top;
      const b = j * stride + (tap % kernel) - left;
      if (a < 0 || a >= height || b < 0 || b >= width) continue;
      const [from, weight] = [((n * height + a) * width + b) * channels + c, tap * channels + c];
      add(y, at, (x[from] ?? 0) * (w[weight] ?? 0));
      add(dx, from, (dy[at] ?? 0) * (w[weight] ?? 0));
      add(dw, weight, (dy[at] ?? 0) * (x[from] ?? 0));
    }
  }
  return { x, w, dy, y, dx, dw };
}

eachEngine('depthwise convolution', () => {
  test.each([
    { size: [7, 6, 3], kernel: 3, stride: 1 },
    { size: [6, 7, 3], kernel: 3, stride: 2 },
    { size: [7, 6, 2], kernel: 5, stride: 1 },
    { size: [9, 8, 2], kernel: 5, stride: 2 },
  ] as const)('equals its defining sums, gradients included: $kernel / $stride', (shape) => {
    const { size, kernel, stride } = shape;
    const [height, width, channels] = size;
    const sums = depthwiseSums(size, kernel, stride);
    expectNoLeak(() => {
      tf.tidy(() => {
        const x = tf.tensor4d(sums.x, [2, height, width, channels]);
        const w = tf.tensor4d(sums.w, [kernel, kernel, channels, 1]);
        const forward = (): tf.Tensor4D => tf.depthwiseConv2d(x, w, stride, 'same');
        const y = forward();
        expectAllClose(y, sums.y, { rtol: 0, atol: 0 });
        const [dx, dw] = gradients(forward, [x, w], tf.tensor(sums.dy, y.shape));
        expectAllClose(dx as tf.Tensor, sums.dx, { rtol: 0, atol: 0 });
        expectAllClose(dw as tf.Tensor, sums.dw, { rtol: 0, atol: 0 });
      });
    });
  });

  test('gives the same bits again, in filters of 3 x 3 and of 5 x 5', () => {
    tf.tidy(() => {
      for (const kernel of [3, 5]) {
        const x = normals<tf.Rank.R4>([8, 14, 14, 32], 1);
        const w = normals<tf.Rank.R4>([kernel, kernel, 32, 1], 2);
        const once = (): tf.Tensor[] =>
          gradients(() => tf.depthwiseConv2d(x, w, 1, 'same'), [x, w], x);
        const [first, second] = [once(), once()];
        first.forEach((tensor, i) =>
          expectAllClose(tensor, second[i] as tf.Tensor, { rtol: 0, atol: 0 }),
        );
      }
    });
  });

  test('has no gradient for dilated filters', () => {
    tf.tidy(() => {
      const x = normals<tf.Rank.R4>([1, 8, 8, 2], 1);
      const w = normals<tf.Rank.R4>([3, 3, 2, 1], 2);
      const dilated = (): tf.Tensor => tf.depthwiseConv2d(x, w, 1, 'same', 'NHWC', 2);
      expect(() => gradients(dilated, [w], tf.onesLike(x))).toThrow('dilated');
    });
  });
});
