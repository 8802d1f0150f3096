import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { record } from '../../../src/worker/engine';
import { eachEngine } from '../../helpers/engines';
import { expectAllClose, expectNoLeak, normals } from '../../helpers/tensors';

// Same kernels in the same order as tf.grads; only the order of a sum of cotangents may differ.
const SAME = { rtol: 1e-6, atol: 1e-6 };

/** Two layers with a residual connection, so that one cotangent is a sum. */
function network(x: tf.Tensor, w: tf.Tensor, v: tf.Tensor): tf.Tensor {
  const hidden = tf.relu(tf.matMul(x as tf.Tensor2D, w as tf.Tensor2D));
  const mixed = tf.add(hidden, tf.sigmoid(tf.matMul(hidden, v as tf.Tensor2D)));
  return tf.mul(mixed, mixed);
}

function example(): { x: tf.Tensor2D; w: tf.Tensor2D; v: tf.Tensor2D; dy: tf.Tensor2D } {
  return {
    x: normals<tf.Rank.R2>([5, 4], 1),
    w: normals<tf.Rank.R2>([4, 3], 2),
    v: normals<tf.Rank.R2>([3, 3], 3),
    dy: normals<tf.Rank.R2>([5, 3], 4),
  };
}

eachEngine('recording and pulling back', () => {
  test('one walk equals tf.grads for inputs and parameters', () => {
    expectNoLeak(() => {
      tf.tidy(() => {
        const { x, w, v, dy } = example();
        const expected = tf.grads(network)([x, w, v], dy);
        const pass = record(() => network(x, w, v), [x, w, v]);
        expectAllClose(pass.output, network(x, w, v), { rtol: 0, atol: 0 });
        const got = pass.pullback(dy, [x, w, v], { last: true });
        expected.forEach((tensor, i) => expectAllClose(got[i] as tf.Tensor, tensor, SAME));
        pass.dispose();
      });
    });
  });

  test('a second walk with another cotangent is as good as the first', () => {
    expectNoLeak(() => {
      tf.tidy(() => {
        const { x, w, v, dy } = example();
        const pass = record(() => network(x, w, v), [x, w, v]);
        const [dx] = pass.pullback(tf.onesLike(pass.output), [x]);
        const [dw, dv] = pass.pullback(dy, [w, v], { last: true });
        const [expectedX] = tf.grads(network)([x, w, v], tf.onesLike(dy));
        const [, expectedW, expectedV] = tf.grads(network)([x, w, v], dy);
        expectAllClose(dx as tf.Tensor, expectedX as tf.Tensor, SAME);
        expectAllClose(dw as tf.Tensor, expectedW as tf.Tensor, SAME);
        expectAllClose(dv as tf.Tensor, expectedV as tf.Tensor, SAME);
        pass.dispose();
      });
    });
  });

  test('a leaf the output does not depend on gets null', () => {
    tf.tidy(() => {
      const { x, w, v } = example();
      const pass = record(() => tf.matMul(x, w), [x, w, v]);
      const [dw, dv] = pass.pullback(tf.onesLike(pass.output), [w, v]);
      expect(dw?.shape).toEqual([4, 3]);
      expect(dv).toBeNull();
      pass.dispose();
    });
  });

  test('a forward that returns its leaf leaves that leaf alone', () => {
    expectNoLeak(() => {
      const x = tf.tensor1d([1, 2]);
      const dy = tf.tensor1d([3, 4]);
      const pass = record(() => x, [x]);
      const [dx] = pass.pullback(dy, [x], { last: true });
      expectAllClose(dx as tf.Tensor, [3, 4], { rtol: 0, atol: 0 });
      pass.dispose();
      expect([x.isDisposed, dy.isDisposed]).toEqual([false, false]);
      tf.dispose([x, dy, dx as tf.Tensor]);
    });
  });

  test('nothing is left behind without a tidy, nor by a forward that throws', () => {
    const { x, w, v, dy } = example();
    expectNoLeak(() => {
      const pass = record(() => network(x, w, v), [x, w, v]);
      tf.dispose(pass.pullback(dy, [x]).filter((tensor) => tensor !== null));
      pass.dispose();
      expect(() =>
        record(() => {
          network(x, w, v);
          throw new Error('stop here');
        }, [x, w, v]),
      ).toThrow('stop here');
    });
    tf.dispose([x, w, v, dy]);
  });

  test('misuse is named: wrong cotangent shape, foreign leaf, walking after the last walk, nesting', () => {
    tf.tidy(() => {
      const { x, w, v, dy } = example();
      const pass = record(() => network(x, w, v), [x, w]);
      expect(() => pass.pullback(tf.ones([2, 2]), [x])).toThrow("have the output's shape [5, 3]");
      expect(() => pass.pullback(dy, [v])).toThrow('not a leaf of this pass');
      pass.pullback(dy, [x], { last: true });
      expect(() => pass.pullback(dy, [x])).toThrow('last walk');
      pass.dispose();
      expect(() => record(() => record(() => tf.neg(x), [x]).output, [x])).toThrow(
        'inside another',
      );
    });
  });

  test('on a deep chain the peak memory is well below that of tf.grads', () => {
    const depth = 30;
    const x = normals<tf.Rank.R2>([64, 64], 1);
    const weights = Array.from({ length: depth }, (_, i) => normals<tf.Rank.R2>([64, 64], i));
    const chain = (...ws: tf.Tensor[]): tf.Tensor =>
      ws.reduce<tf.Tensor>((y, w) => tf.sigmoid(tf.matMul(y as tf.Tensor2D, w as tf.Tensor2D)), x);
    const dy = tf.onesLike(x);
    const walkPeak = peakTensorBytes(() => {
      const pass = record(() => chain(...weights), [x, ...weights]);
      tf.dispose(pass.pullback(dy, [x], { last: true }).filter((tensor) => tensor !== null));
      pass.dispose();
    });
    const gradPeak = peakTensorBytes(() => tf.dispose(tf.grad((leaf) => chainFrom(leaf))(x, dy)));
    function chainFrom(leaf: tf.Tensor): tf.Tensor {
      return weights.reduce<tf.Tensor>((y, w) => tf.sigmoid(tf.matMul(y as tf.Tensor2D, w)), leaf);
    }
    tf.dispose([x, dy, ...weights]);
    // tf.grad holds the saved tensors and every cotangent at once, the walk only the former: less than 0.8 of it.
    expect(walkPeak).toBeLessThan(0.8 * gradPeak);
  });
});

/** Highest number of bytes in live data buffers beyond those at the start, sampled after every kernel. */
function peakTensorBytes(body: () => void): number {
  const backend = tf.backend();
  const live = (): number => backend.numDataIds();
  const start = live();
  let peak = 0;
  const engine = tf.engine();
  const original = engine.runKernel.bind(engine);
  engine.runKernel = ((...args: Parameters<typeof engine.runKernel>) => {
    const result = original(...args);
    peak = Math.max(peak, live() - start);
    return result;
  }) as typeof engine.runKernel;
  try {
    body();
  } finally {
    engine.runKernel = original;
  }
  return peak;
}
