import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import {
  addRelu,
  batchNormTraining,
  convExtrema,
  loadEngine,
  spatialExtrema,
} from '../../../src/worker/engine';
import { eachEngine, hasEngine } from '../../helpers/engines';
import { expectAllClose, expectNoLeak, gradients, normals } from '../../helpers/tensors';

eachEngine('ReLU', () => {
  test('passes the cotangent where the output is positive, nothing at the kink', () => {
    expectNoLeak(() => {
      tf.tidy(() => {
        const x = tf.tensor1d([-1, 0, 2, Number.NaN]);
        const [dx] = gradients(() => tf.relu(x), [x], tf.tensor1d([5, 6, 7, 8]));
        expectAllClose(dx as tf.Tensor, [0, 0, 7, 0], { rtol: 0, atol: 0 });
      });
    });
  });
});

eachEngine('the sum that ends a residual block', () => {
  test('is rectified, and hands both terms the same cotangent where it is positive', () => {
    expectNoLeak(() => {
      tf.tidy(() => {
        const [a, b] = [tf.tensor1d([-3, 1, 2]), tf.tensor1d([1, -1, 0.5])];
        expectAllClose(addRelu(a, b), [0, 0, 2.5], { rtol: 0, atol: 0 });
        const [da, db] = gradients(() => addRelu(a, b), [a, b], tf.tensor1d([5, 6, 7]));
        expectAllClose(da as tf.Tensor, [0, 0, 7], { rtol: 0, atol: 0 });
        expectAllClose(db as tf.Tensor, [0, 0, 7], { rtol: 0, atol: 0 });
      });
    });
  });

  test('gives a term that enters twice both cotangents', () => {
    expectNoLeak(() => {
      tf.tidy(() => {
        const a = tf.tensor1d([-3, 1]);
        const [da] = gradients(() => addRelu(a, a), [a], tf.tensor1d([5, 6]));
        expectAllClose(da as tf.Tensor, [0, 12], { rtol: 0, atol: 0 });
      });
    });
  });
});

eachEngine('ReLU6', () => {
  test('passes the cotangent strictly between its kinks, as PyTorch does', () => {
    expectNoLeak(() => {
      tf.tidy(() => {
        const x = tf.tensor1d([-1, 0, 2, 6, 7, Number.NaN]);
        const [dx] = gradients(() => tf.relu6(x), [x], tf.tensor1d([5, 6, 7, 8, 9, 10]));
        expectAllClose(dx as tf.Tensor, [0, 0, 7, 0, 0, 0], { rtol: 0, atol: 0 });
      });
    });
  });
});

eachEngine('elementwise kernels', () => {
  test('sign keeps NaN and zero', () => {
    tf.tidy(() => {
      const y = tf.sign(tf.tensor1d([-3, 0, 0.1, Number.NaN]));
      expectAllClose(y, [-1, 0, 1, Number.NaN], { rtol: 0, atol: 0 });
    });
  });

  test('a clone outlives its original and the other way round', () => {
    const x = tf.tensor1d([1, 2]);
    const y = x.clone();
    x.dispose();
    expectAllClose(y, [1, 2], { rtol: 0, atol: 0 });
    y.dispose();
  });
});

eachEngine('batch normalisation by batch statistics', () => {
  // Golden figure of the specification: BN1d on [1, 2, 3, 6] from torch 2.13: mean 3, unbiased variance 4.6667.
  test('mean and unbiased variance equal the golden figures', () => {
    expectNoLeak(() => {
      tf.tidy(() => {
        const x = tf.tensor2d([1, 2, 3, 6], [4, 1]);
        const { y, mean, variance } = batchNormTraining(
          x,
          tf.tensor1d([2]),
          tf.tensor1d([1]),
          1e-5,
        );
        const deviation = Math.sqrt(3.5 + 1e-5);
        // rtol 1e-6: a few float32 roundings.
        expectAllClose(mean, [3], { rtol: 1e-6, atol: 0 });
        expectAllClose(variance, [14 / 3], { rtol: 1e-6, atol: 0 });
        const expected = [-2, -1, 0, 3].map((value) => (2 * value) / deviation + 1);
        expectAllClose(y, expected, { rtol: 1e-6, atol: 1e-6 });
      });
    });
  });

  test('its three gradients equal those of the composed formula', () => {
    expectNoLeak(() => {
      tf.tidy(() => {
        const x = normals<tf.Rank.R4>([3, 4, 5, 6], 1);
        const scale = normals<tf.Rank.R1>([6], 2);
        const offset = normals<tf.Rank.R1>([6], 3);
        const dy = normals<tf.Rank.R4>([3, 4, 5, 6], 4);
        const composed = (): tf.Tensor => {
          const { mean, variance } = tf.moments(x, [0, 1, 2]);
          const normal = tf.mul(tf.sub(x, mean), tf.rsqrt(tf.add(variance, 1e-5)));
          return tf.add(tf.mul(normal, scale), offset);
        };
        const leaves = [x, scale, offset];
        const got = gradients(() => batchNormTraining(x, scale, offset, 1e-5).y, leaves, dy);
        const expected = gradients(composed, leaves, dy);
        // Sums of 60 terms of size about 1 in float32.
        got.forEach((tensor, i) =>
          expectAllClose(tensor, expected[i] as tf.Tensor, { rtol: 1e-4, atol: 2e-5 }),
        );
      });
    });
  });

  test('a batch with one value per channel is refused, as PyTorch does', () => {
    tf.tidy(() => {
      const one = tf.ones([1, 3]);
      expect(() => batchNormTraining(one, tf.ones([3]), tf.zeros([3]), 1e-5)).toThrow(
        'at least two values per channel',
      );
    });
  });
});

eachEngine('spatial extrema', () => {
  test('values and gradient go to the first of tied positions', () => {
    expectNoLeak(() => {
      tf.tidy(() => {
        // One view, 2 x 2, two channels: the first constant, the second with one maximum and two equal minima.
        const x = tf.tensor4d([3, 1, 3, -4, 3, 5, 3, -4], [1, 2, 2, 2]);
        const { values, index } = spatialExtrema(x);
        expectAllClose(values, [3, 5, 3, -4], { rtol: 0, atol: 0 });
        expectAllClose(index, [0, 2, 0, 1], { rtol: 0, atol: 0 });
        const dy = tf.tensor2d([[10, 20, 30, 40]]);
        const [dx] = gradients(() => spatialExtrema(x).values, [x], dy);
        expectAllClose(dx as tf.Tensor, [40, 0, 0, 40, 0, 20, 0, 0], { rtol: 0, atol: 0 });
      });
    });
  });

  test('without positions the values are the same bits', () => {
    expectNoLeak(() => {
      tf.tidy(() => {
        const x = normals<tf.Rank.R4>([4, 9, 8, 3], 8);
        expectAllClose(spatialExtrema(x, false).values, spatialExtrema(x).values, {
          rtol: 0,
          atol: 0,
        });
      });
    });
  });

  test('convolution and extremes in one equal the two steps, gradients included', () => {
    expectNoLeak(() => {
      tf.tidy(() => {
        const x = normals<tf.Rank.R4>([3, 9, 8, 2], 5);
        const w = normals<tf.Rank.R4>([3, 4, 2, 5], 6);
        const dy = normals<tf.Rank.R2>([3, 10], 7);
        const apart = (): tf.Tensor2D => spatialExtrema(tf.conv2d(x, w, 1, 'valid')).values;
        expectAllClose(convExtrema(x, w), apart(), { rtol: 0, atol: 0 });
        const got = gradients(() => convExtrema(x, w), [x, w], dy);
        const expected = gradients(apart, [x, w], dy);
        // Sums of up to 15 float32 products in another order.
        got.forEach((tensor, i) =>
          expectAllClose(tensor, expected[i] as tf.Tensor, { rtol: 1e-5, atol: 1e-5 }),
        );
      });
    });
  });
});

describe.skipIf(!hasEngine('cpu') || !hasEngine('wasm'))('wasm against cpu', () => {
  test.each([
    { size: [8, 7], kernel: 3, stride: 1, pad: 'same' as const },
    { size: [8, 7], kernel: 3, stride: 2, pad: 'valid' as const },
    { size: [9, 9], kernel: 3, stride: 2, pad: 'same' as const },
    { size: [6, 6], kernel: 1, stride: 2, pad: 'valid' as const },
    { size: [12, 11], kernel: 7, stride: 1, pad: 'valid' as const },
  ])('convolution gradients agree for $kernel x $kernel, stride $stride, $pad', async (shape) => {
    const results: Float32Array[][] = [];
    for (const engine of ['cpu', 'wasm'] as const) {
      await loadEngine(engine);
      tf.tidy(() => {
        const x = normals<tf.Rank.R4>([2, shape.size[0] ?? 1, shape.size[1] ?? 1, 3], 1);
        const w = normals<tf.Rank.R4>([shape.kernel, shape.kernel, 3, 4], 2);
        const f = (): tf.Tensor => tf.conv2d(x, w, shape.stride, shape.pad);
        const y = f();
        const all = [y, ...gradients(f, [x, w], normals(y.shape, 3))];
        results.push(all.map((tensor) => tensor.dataSync<'float32'>().slice()));
      });
    }
    const [cpu, wasm] = results as [Float32Array[], Float32Array[]];
    // Sums of at most 147 float32 products of size about 1 in different orders.
    wasm.forEach((values, i) => {
      expectAllClose(values, cpu[i] ?? [], { rtol: 1e-5, atol: 5e-5 });
    });
  });
});
