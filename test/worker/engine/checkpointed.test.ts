import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { checkpointed, isRecomputing, record } from '../../../src/worker/engine';
import { BatchNorm, Conv2d, Module, Scope, recomputed } from '../../../src/worker/nn';
import { eachEngine } from '../../helpers/engines';
import { expectNoLeak, uniforms } from '../../helpers/tensors';

/** Two convolutions with batch norm around a shortcut, and a weight that is never read. */
class Block extends Module {
  readonly #conv: Conv2d;
  readonly #norm: BatchNorm;
  readonly #last: Conv2d;

  constructor(scope: Scope) {
    super(scope);
    const convolution = { inputs: 3, outputs: 3, kernel: 3, padding: 1 };
    this.#conv = this.child('conv', (own) => new Conv2d(own, convolution));
    this.#norm = this.child('norm', (own) => new BatchNorm(own, 3));
    this.#last = this.child('last', (own) => new Conv2d(own, convolution));
    this.child('unused', (own) => new Conv2d(own, convolution));
  }

  forward(x: tf.Tensor4D): tf.Tensor4D {
    const inner = tf.tanh(this.#norm.forward(this.#conv.forward(x), 'batch'));
    return tf.add(x, tf.tanh(this.#last.forward(inner)));
  }
}

class Chain extends Module {
  readonly #blocks: readonly Block[];

  constructor() {
    super(new Scope(3));
    this.#blocks = Array.from({ length: 4 }, (_, i) =>
      this.child(`${i}`, (scope) => new Block(scope)),
    );
  }

  /** @returns mean per picture, `[n]` */
  forward(x: tf.Tensor4D, recompute: boolean): tf.Tensor1D {
    const y = this.#blocks.reduce(
      (at, block) => recomputed(recompute, block, [at], (input) => block.forward(input)),
      x,
    );
    return tf.mean(y, [1, 2, 3]);
  }
}

/** Everything a step needs of one recorded pass: input gradient first, then parameters with another cotangent. */
function pulled(recompute: boolean) {
  const model = new Chain();
  const x = uniforms<tf.Rank.R4>([2, 8, 8, 3]);
  const leaves = [...model.parameters().values()];
  const before = tf.memory().numBytes;
  const pass = record(() => model.forward(x, recompute), [x, ...leaves]);
  const heldBytes = tf.memory().numBytes - before;
  const [ones, dy] = [tf.onesLike(pass.output), tf.tensor1d([0.5, -2])];
  const [towardsInput] = pass.pullback(ones, [x]);
  const gradients = pass.pullback(dy, leaves, { last: true });
  const values = (tensor: tf.Tensor | null | undefined) =>
    tensor?.dataSync<'float32'>().slice() ?? null;
  const result = {
    scores: values(pass.output),
    towardsInput: values(towardsInput),
    gradients: gradients.map(values),
    names: [...model.parameters().keys()],
    state: model.stateDict(),
    heldBytes,
  };
  tf.dispose([x, ones, dy, ...[towardsInput, ...gradients].filter((each) => each != null)]);
  pass.dispose();
  model.dispose();
  return result;
}

eachEngine('a checkpointed pass', (engine) => {
  test('gives the scores, gradients and running statistics of a plain one, with less memory', () => {
    expectNoLeak(() => {
      const [plain, twice] = [pulled(false), pulled(true)];
      expect(twice.scores).toEqual(plain.scores);
      expect(twice.state).toEqual(plain.state);
      // Both engines repeat themselves, and a block's sums are made in the same order.
      expect(twice.towardsInput, engine).toEqual(plain.towardsInput);
      expect(twice.gradients, engine).toEqual(plain.gradients);
      // Four block inputs of 2 x 8 x 8 x 3 floats, against some eight tensors in each block.
      expect(twice.heldBytes).toBeLessThan(0.4 * plain.heldBytes);
      expect(twice.heldBytes).toBeGreaterThanOrEqual(4 * 2 * 8 * 8 * 3 * 4);
    });
  });

  test('a weight that a block holds but does not read has no gradient', () => {
    const { names, gradients } = pulled(true);
    names.forEach((name, i) => expect(gradients[i] === null, name).toBe(name.includes('unused')));
  });

  test('can be nested', () => {
    expectNoLeak(() => {
      const x = tf.tensor1d([1, -2, 3]);
      const inner = (a: tf.Tensor1D): tf.Tensor1D => tf.square(tf.tanh(a));
      const outer = (a: tf.Tensor1D): tf.Tensor1D => tf.exp(checkpointed(inner, [a], []));
      const gradientOf = (forward: () => tf.Tensor1D): Float32Array => {
        const pass = record(forward, [x]);
        const dy = tf.onesLike(pass.output);
        const [dx] = pass.pullback(dy, [x], { last: true });
        const values = dx?.dataSync<'float32'>().slice() ?? new Float32Array();
        tf.dispose([dy, ...(dx ? [dx] : [])]);
        pass.dispose();
        return values;
      };
      const nested = gradientOf(() => checkpointed(outer, [x], []));
      expect(nested).toEqual(gradientOf(() => tf.exp(inner(x))));
      expect(isRecomputing()).toBe(false);
      x.dispose();
    });
  });

  test('outside a recording a block runs once and keeps nothing', () => {
    expectNoLeak(() => {
      const x = tf.tensor1d([1, 2]);
      let runs = 0;
      const y = checkpointed(
        (a: tf.Tensor1D) => {
          runs += 1;
          return tf.square(a);
        },
        [x],
        [],
      );
      expect([...y.dataSync()]).toEqual([1, 4]);
      expect(runs).toBe(1);
      tf.dispose([x, y]);
    });
  });
});
