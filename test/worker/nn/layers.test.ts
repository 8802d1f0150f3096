import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { LabError } from '@shared/errors';
import { record } from '../../../src/worker/engine';
import {
  BatchNorm,
  Conv2d,
  Linear,
  Module,
  Scope,
  avgPool2d,
  dropout,
  flatten,
  globalMaxPool,
  globalMinPool,
  maxPool2d,
} from '../../../src/worker/nn';
import { engineShape, toEngine, toState } from '../../../src/worker/nn/layout';
import { eachEngine } from '../../helpers/engines';
import { expectAllClose, expectNoLeak, normals } from '../../helpers/tensors';

const EXACT = { rtol: 0, atol: 0 };

/** A small tree with every kind of weight. */
class Tree extends Module {
  readonly conv = this.child(
    'stem.0',
    (scope) => new Conv2d(scope, { inputs: 2, outputs: 3, kernel: 3 }),
  );
  readonly norm = this.child('stem.1', (scope) => new BatchNorm(scope, 3));
  readonly head = this.child('head', (scope) => new Linear(scope, { inputs: 3, outputs: 2 }));
}

describe('weight layouts', () => {
  test('a convolution weight (out, in, h, w) becomes [h, w, in, out] and back', () => {
    const shape = [2, 3, 2, 2];
    const data = Float32Array.from({ length: 24 }, (_, i) => i);
    expect(engineShape('conv', shape)).toEqual([2, 2, 3, 2]);
    const engine = toEngine('conv', data, shape);
    // out 1, in 2, row 0, column 1: value (1 * 3 + 2) * 4 + 1 = 21 moves to ((0 * 2 + 1) * 3 + 2) * 2 + 1 = 11.
    expect(engine[11]).toBe(21);
    expect(toState('conv', engine, shape)).toEqual(data);
  });

  test('a linear weight (out, in) is transposed', () => {
    const data = Float32Array.of(1, 2, 3, 4, 5, 6);
    expect(engineShape('linear', [2, 3])).toEqual([3, 2]);
    expect([...toEngine('linear', data, [2, 3])]).toEqual([1, 4, 2, 5, 3, 6]);
  });
});

eachEngine('a module tree', () => {
  test('names, order and shapes are those of a PyTorch state dict', () => {
    const tree = new Tree(new Scope(1));
    const shapes = [...tree.stateDict()].map(([name, entry]) => [name, entry.shape]);
    expect(shapes).toEqual([
      ['stem.0.weight', [3, 2, 3, 3]],
      ['stem.0.bias', [3]],
      ['stem.1.weight', [3]],
      ['stem.1.bias', [3]],
      ['stem.1.running_mean', [3]],
      ['stem.1.running_var', [3]],
      ['stem.1.num_batches_tracked', []],
      ['head.weight', [2, 3]],
      ['head.bias', [2]],
    ]);
    expect([...tree.parameters().keys()]).toHaveLength(6);
    tree.dispose();
  });

  test('weights come from the seed and lie within +-1/sqrt(fan-in)', () => {
    const [first, again, other] = [1, 1, 2].map((seed) => new Tree(new Scope(seed))) as [
      Tree,
      Tree,
      Tree,
    ];
    expect(first.stateDict()).toEqual(again.stateDict());
    const weight = first.stateDict().get('stem.0.weight')?.data ?? new Float32Array();
    expect(other.stateDict().get('stem.0.weight')?.data).not.toEqual(weight);
    for (const value of weight) expect(Math.abs(value)).toBeLessThan(1 / Math.sqrt(18));
    for (const tree of [first, again, other]) tree.dispose();
  });

  test('loading puts the very same bits back and refuses what does not fit, changing nothing', () => {
    const [source, target] = [new Tree(new Scope(1)), new Tree(new Scope(2))];
    const state = source.stateDict();
    target.loadStateDict(state);
    expect(target.stateDict()).toEqual(state);
    const misshapen = new Map(state).set('head.bias', { shape: [3], data: new Float32Array(3) });
    expect(() => target.loadStateDict(misshapen)).toThrow('"head.bias" must have shape [2]');
    const unknown = new Map(state).set('tail.bias', { shape: [1], data: new Float32Array(1) });
    expect(() => target.loadStateDict(unknown)).toThrow(LabError);
    const missing = new Map([...state].filter(([name]) => name !== 'head.weight'));
    expect(() => target.loadStateDict(missing)).toThrow('lack "head.weight"');
    const old = new Map([...state].filter(([name]) => !name.endsWith('num_batches_tracked')));
    expect(() => target.loadStateDict(old)).not.toThrow();
    expect(target.stateDict()).toEqual(state);
    source.dispose();
    target.dispose();
  });

  test('building and disposing leaves nothing behind', () => {
    expectNoLeak(() => new Tree(new Scope(1)).dispose());
  });
});

eachEngine('layers', () => {
  test('convolution pads symmetrically where TensorFlow would not: 4 x 4, 3 x 3, stride 2, padding 1', () => {
    expectNoLeak(() => {
      tf.tidy(() => {
        const layer = new Conv2d(new Scope(1), {
          inputs: 1,
          outputs: 1,
          kernel: 3,
          stride: 2,
          padding: 1,
        });
        const ones = { shape: [1, 1, 3, 3], data: new Float32Array(9).fill(1) };
        layer.loadStateDict(
          new Map([
            ['weight', ones],
            ['bias', { shape: [1], data: Float32Array.of(0.5) }],
          ]),
        );
        const x = tf.reshape<tf.Rank.R4>(tf.range(0, 16), [1, 4, 4, 1]);
        // Windows centred on (0,0), (0,2), (2,0), (2,2): sums of the pixels that exist, by hand.
        expectAllClose(layer.forward(x), [10.5, 24.5, 51.5, 90.5], EXACT);
        layer.dispose();
      });
    });
  });

  test('a 1 x 1 convolution with stride 2 reads every other pixel, of an odd batch as well', () => {
    class Strided extends Module {
      readonly conv = this.child(
        'conv',
        (scope) => new Conv2d(scope, { inputs: 8, outputs: 16, kernel: 1, stride: 2, bias: false }),
      );
    }
    const net = new Strided(new Scope(1));
    const x = normals<tf.Rank.R4>([3, 16, 16, 8], 1);
    const dy = normals<tf.Rank.R4>([3, 8, 8, 16], 2);
    const pass = record(() => net.conv.forward(x), [net.conv.weight]);
    expectAllClose(pass.output, tf.conv2d(x, net.conv.weight, 2, 'valid'), {
      rtol: 1e-5,
      atol: 1e-5,
    });
    const [gradient] = pass.pullback(dy, [net.conv.weight], { last: true });
    const [pixels, slopes] = [x.dataSync<'float32'>(), dy.dataSync<'float32'>()];
    // d weight[channel 5, output 11], by hand.
    let expected = 0;
    for (let i = 0; i < 3 * 8 * 8; i++) {
      const [picture, row, column] = [Math.floor(i / 64), Math.floor(i / 8) % 8, i % 8];
      const pixel = (picture * 16 + 2 * row) * 16 + 2 * column;
      expected += (pixels[8 * pixel + 5] ?? 0) * (slopes[16 * i + 11] ?? 0);
    }
    const values = gradient?.dataSync<'float32'>() ?? [];
    // 192 products of order 1 in float32.
    expectAllClose([values[5 * 16 + 11] ?? Number.NaN], [expected], { rtol: 1e-5, atol: 1e-4 });
    tf.dispose([x, dy, ...(gradient ? [gradient] : [])]);
    pass.dispose();
    net.dispose();
  });

  test('pooling floors, and padding never wins a maximum', () => {
    tf.tidy(() => {
      const x = tf.tensor4d([-1, -2, -3, -4, -5, -6, -7, -8, -9], [1, 3, 3, 1]);
      expectAllClose(maxPool2d(x, { kernel: 2 }), [-1], EXACT);
      expectAllClose(maxPool2d(x, { kernel: 3, stride: 2, padding: 1 }), [-1, -2, -4, -5], EXACT);
      expectAllClose(avgPool2d(x, { kernel: 2 }), [-3], EXACT);
      expectAllClose(globalMaxPool(x), [-1], EXACT);
      expectAllClose(globalMinPool(x), [-9], EXACT);
    });
  });

  test('flatten orders channel, row, column', () => {
    tf.tidy(() => {
      const x = tf.tensor4d([1, 2, 3, 4, 5, 6, 7, 8], [1, 2, 2, 2]);
      expectAllClose(flatten(x), [1, 3, 5, 7, 2, 4, 6, 8], EXACT);
    });
  });

  test('one dropout key gives one mask; the kept values are scaled so that the mean stays', () => {
    tf.tidy(() => {
      const x = tf.ones([100, 100]);
      const key = { seed: 3, step: 7, name: 'fc' };
      const y = dropout(x, 0.25, key);
      expectAllClose(dropout(x, 0.25, key), y, EXACT);
      expect(new Set(y.dataSync())).toEqual(new Set([0, Math.fround(4 / 3)]));
      const kept = tf.mean(tf.cast(tf.greater(y, 0), 'float32')).dataSync()[0] ?? 0;
      // Standard error of the kept share is 0.0043; five of it.
      expect(Math.abs(kept - 0.75)).toBeLessThan(0.022);
      expect(dropout(x, 0.25, { ...key, step: 8 }).dataSync()).not.toEqual(y.dataSync());
      expect(dropout(x, 0, key)).toBe(x);
    });
  });
});

eachEngine('batch normalisation layer', () => {
  const column = (): tf.Tensor2D => tf.tensor2d([1, 2, 3, 6], [4, 1]);
  const running = (layer: BatchNorm): (number | undefined)[] =>
    ['running_mean', 'running_var', 'num_batches_tracked'].map(
      (name) => layer.stateDict().get(name)?.data[0],
    );

  // Golden figures of the specification, produced by torch 2.13.
  test('a training pass moves the running statistics as PyTorch does', () => {
    expectNoLeak(() => {
      const layer = new BatchNorm(new Scope(1), 1);
      tf.tidy(() => void layer.forward(column(), 'batch'));
      // rtol 1e-6: three float32 roundings.
      expectAllClose(running(layer).map(Number), [0.3, 1.3666667, 1], { rtol: 1e-6, atol: 0 });
      layer.dispose();
    });
  });

  test('frozen batch statistics normalise alike and move nothing', () => {
    const layer = new BatchNorm(new Scope(1), 1);
    tf.tidy(() => {
      const frozen = layer.forward(column(), 'batch-frozen');
      expect(running(layer)).toEqual([0, 1, 0]);
      expectAllClose(layer.forward(column(), 'batch'), frozen, EXACT);
    });
    layer.dispose();
  });

  test('with running statistics each row is scored alone', () => {
    const layer = new BatchNorm(new Scope(1), 1);
    tf.tidy(() => {
      const y = layer.forward(column(), 'running');
      const expected = [1, 2, 3, 6].map((value) => value / Math.sqrt(1 + 1e-5));
      expectAllClose(y, expected, { rtol: 1e-6, atol: 0 });
    });
    layer.dispose();
  });

  test('a recorded training pass leaves no tensors and has a gradient', () => {
    const layer = new BatchNorm(new Scope(1), 3);
    const x = normals<tf.Rank.R4>([2, 3, 3, 3]);
    expectNoLeak(() => {
      const pass = record(() => layer.forward(x, 'batch'), [x, ...layer.parameters().values()]);
      const dy = tf.onesLike(x);
      const [dx] = pass.pullback(dy, [x], { last: true });
      // A normalised batch sums to zero per channel whatever x is, so the gradient of its sum is 0 (float32 rounding).
      expectAllClose(dx as tf.Tensor, new Float32Array(x.size), { rtol: 0, atol: 1e-5 });
      pass.dispose();
      tf.dispose([dx as tf.Tensor, dy]);
    });
    layer.dispose();
    x.dispose();
  });
});
