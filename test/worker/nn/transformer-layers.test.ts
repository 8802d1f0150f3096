import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { record } from '../../../src/worker/engine';
import {
  Conv2d,
  LayerNorm,
  Module,
  MultiHeadAttention,
  Scope,
  dropPath,
  gelu,
  inverseOrder,
  permuteTokens,
  resizeAlignCorners,
} from '../../../src/worker/nn';
import { drawnState, drawnTensor } from '../../helpers/drawn';
import { eachEngine } from '../../helpers/engines';
import { expectAllClose, expectNoLeak, normals } from '../../helpers/tensors';
import fixture from '../../fixtures/torch/layers.json';

/** Expected values: test/fixtures/torch/layers.py, torch 2.13 in float64. */
interface Expected {
  readonly value: readonly number[];
  readonly gradients: Readonly<Record<string, readonly number[]>>;
}

/** Sums of up to 75 products of order 1 in float32. */
const FLOAT32 = { rtol: 1e-5, atol: 2e-6 };

function drawn<R extends tf.Rank>(name: string, shape: tf.ShapeMap[R]): tf.Tensor<R> {
  return tf.tensor(drawnTensor(name, shape), shape);
}

/** A module with drawn weights, and the tree that names them: names start with `name`. */
interface Held<M extends Module> {
  readonly owner: Module;
  readonly held: M;
}

function hold<M extends Module>(name: string, build: (scope: Scope) => M): Held<M> {
  class Tree extends Module {
    readonly held = this.child(name, build);
  }
  const tree = new Tree(new Scope(1));
  tree.loadStateDict(drawnState(tree.stateDict(), {}));
  return { owner: tree, held: tree.held };
}

/** Value, gradient of x and of every weight, against the fixture; leaves no tensor. */
function check<M extends Module>(
  expected: Expected,
  { owner, held }: Held<M>,
  x: tf.Tensor,
  forward: (held: M, x: tf.Tensor) => tf.Tensor,
  tolerance = FLOAT32,
): void {
  const parameters = [...owner.parameters()];
  const leaves = [x, ...parameters.map(([, variable]) => variable)];
  const pass = record(() => forward(held, x), leaves);
  expectAllClose(pass.output, expected.value, tolerance);
  const dy = drawn('dy', pass.output.shape);
  const [dx, ...rest] = pass.pullback(dy, leaves, { last: true });
  expectAllClose(dx ?? [], expected.gradients['x'] ?? [], tolerance);
  parameters.forEach(([name], i) => {
    const gradient = rest[i] as tf.Tensor;
    expectAllClose(inStateOrder(gradient), expected.gradients[name] ?? [], tolerance);
  });
  tf.dispose([dy, ...[dx, ...rest].filter((gradient) => gradient != null)]);
  pass.dispose();
}

/** An engine tensor's values in PyTorch's order: its last two axes come first, exchanged. */
function inStateOrder(x: tf.Tensor): Float32Array {
  return tf.tidy(() => {
    const order = x.rank < 2 ? [0] : [x.rank - 1, x.rank - 2, ...Array(x.rank - 2).keys()];
    return { values: tf.transpose(x, order).dataSync<'float32'>().slice() };
  }).values;
}

eachEngine('layers of transformers', () => {
  test.each([
    [1e-5, fixture['layerNorm1e-5']],
    [1e-6, fixture['layerNorm1e-6']],
  ] as const)('layer normalisation with epsilon %s equals PyTorch’s', (epsilon, expected) => {
    expectNoLeak(() => {
      const holder = hold('norm', (scope) => new LayerNorm(scope, 5, epsilon));
      const x = drawn('x', [3, 5]);
      // Inputs of 0.01 are normalised by their deviation: rounding and gradients grow by a factor of 100.
      check(expected, holder, x, (norm, at) => norm.forward(tf.mul(at, 0.01)), {
        rtol: 2e-5,
        atol: 2e-5,
      });
      x.dispose();
      holder.owner.dispose();
    });
  });

  test('GELU and its gradient equal PyTorch’s exact form from -6 to 6', () => {
    tf.tidy(() => {
      const x = tf.linspace(-6, 6, 25);
      const pass = record(() => gelu(x), [x]);
      // The wasm engine's error function is a polynomial, good to 1.5e-7.
      const tolerance = { rtol: 2e-6, atol: 1e-6 };
      expectAllClose(pass.output, fixture.gelu.value, tolerance);
      const [dx] = pass.pullback(tf.onesLike(x), [x], { last: true });
      expectAllClose(dx as tf.Tensor, fixture.gelu.gradients.x, tolerance);
      pass.dispose();
    });
  });

  // Golden figures of the specification, from torch 2.13.
  test('GELU equals the golden figures', () => {
    tf.tidy(() => {
      expectAllClose(gelu(tf.tensor1d([-1, 0.5, 1])), [-0.158655256, 0.3457312286, 0.8413447142], {
        rtol: 0,
        atol: 3e-7,
      });
    });
  });

  test('multi-head attention equals PyTorch’s', () => {
    expectNoLeak(() => {
      const holder = hold(
        'attn',
        (scope) => new MultiHeadAttention(scope, { channels: 8, heads: 2 }),
      );
      const x = drawn<tf.Rank.R3>('x', [2, 5, 8]);
      check(fixture.attention, holder, x, (attention, at) => attention.forward(at as tf.Tensor3D));
      x.dispose();
      holder.owner.dispose();
    });
  });

  test('a padded convolution with a bias equals PyTorch’s', () => {
    expectNoLeak(() => {
      const holder = hold(
        'conv',
        (scope) => new Conv2d(scope, { inputs: 3, outputs: 4, kernel: 3, padding: 1 }),
      );
      const x = drawn<tf.Rank.R4>('x', [2, 5, 4, 3]);
      check(fixture.convolution, holder, x, (conv, at) => conv.forward(at as tf.Tensor4D));
      x.dispose();
      holder.owner.dispose();
    });
  });

  test('resizing with aligned corners equals PyTorch’s, and the golden ramp from 32 to 31', () => {
    tf.tidy(() => {
      const x = drawn<tf.Rank.R4>('x', [1, 6, 4, 2]);
      const pass = record(() => resizeAlignCorners(x, [4, 7]), [x]);
      expectAllClose(pass.output, fixture.resize.value, FLOAT32);
      const [dx] = pass.pullback(drawn('dy', [1, 4, 7, 2]), [x], { last: true });
      expectAllClose(dx as tf.Tensor, fixture.resize.gradients.x, FLOAT32);
      pass.dispose();
      const ramp = resizeAlignCorners(tf.reshape(tf.range(0, 32), [1, 1, 32, 1]), [1, 31]);
      const values = ramp.dataSync<'float32'>();
      expectAllClose(
        [...values.slice(0, 4), values[30] ?? 0],
        [0, 1.0333333, 2.0666666, 3.1, 31],
        FLOAT32,
      );
    });
  });

  test('tokens reordered and back are the same, gradients included', () => {
    expectNoLeak(() => {
      tf.tidy(() => {
        const order = Int32Array.of(2, 0, 3, 1);
        const x = normals<tf.Rank.R3>([2, 4, 3]);
        const there = permuteTokens(x, order);
        expectAllClose(tf.slice(there, [1, 0, 0], [1, 1, 3]), tf.slice(x, [1, 2, 0], [1, 1, 3]), {
          rtol: 0,
          atol: 0,
        });
        expectAllClose(permuteTokens(there, inverseOrder(order)), x, { rtol: 0, atol: 0 });
        const pass = record(() => permuteTokens(x, order), [x]);
        const [dx] = pass.pullback(there, [x], { last: true });
        expectAllClose(dx as tf.Tensor, x, { rtol: 0, atol: 0 });
        pass.dispose();
      });
    });
  });

  test('drop-path leaves out whole samples and keeps the expectation', () => {
    tf.tidy(() => {
      const x = tf.ones<tf.Rank.R3>([2000, 2, 3]);
      const y = dropPath(x, 0.25, { seed: 1, step: 0, name: 'block' });
      const rows = tf.reshape(y, [2000, 6]);
      expectAllClose(tf.min(rows, 1), tf.max(rows, 1), { rtol: 0, atol: 0 });
      expect(new Set(rows.dataSync<'float32'>())).toEqual(new Set([0, Math.fround(4 / 3)]));
      // Deviation of the share of dropped samples: sqrt(0.25 * 0.75 / 2000) = 0.0097; four of them.
      expect(Math.abs((tf.mean(y).dataSync()[0] ?? 0) - 1)).toBeLessThan((4 * 0.0097) / 0.75);
    });
  });

  test('drop-path draws one mask for one key, and another for another step', () => {
    tf.tidy(() => {
      const x = tf.ones<tf.Rank.R2>([64, 1]);
      const at = (step: number, name = 'a'): number[] => [
        ...dropPath(x, 0.5, { seed: 1, step, name }).dataSync(),
      ];
      expect(at(3)).toEqual(at(3));
      expect(at(4)).not.toEqual(at(3));
      expect(at(3, 'b')).not.toEqual(at(3));
    });
  });
});

describe('reordering', () => {
  test('the inverse of an order puts everything back', () => {
    expect([...inverseOrder(Int32Array.of(2, 0, 1))]).toEqual([1, 2, 0]);
  });
});
