import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { record } from '../../../src/worker/engine';
import { BatchNorm, Conv2d, ConvNorm, DepthwiseConv2d, Scope } from '../../../src/worker/nn';
import { eachEngine } from '../../helpers/engines';
import { expectAllClose, expectNoLeak, normals } from '../../helpers/tensors';

const EXACT = { rtol: 0, atol: 0 };

/** A normalisation with statistics and weights that are not those it starts with. */
function usedNorm(channels: number): BatchNorm {
  const norm = new BatchNorm(new Scope(1), channels, { epsilon: 1e-3, momentum: 0.01 });
  const values = (offset: number): Float32Array =>
    Float32Array.from({ length: channels }, (_, i) => offset + 0.1 * i);
  norm.loadStateDict(
    new Map(
      [
        ['weight', 0.8],
        ['bias', -0.2],
        ['running_mean', 0.3],
        ['running_var', 0.5],
      ].map(([name, offset]) => [
        String(name),
        { shape: [channels], data: values(Number(offset)) },
      ]),
    ),
  );
  return norm;
}

eachEngine('a convolution with batch normalisation', () => {
  test.each([
    [
      'dense',
      (scope: Scope) =>
        new Conv2d(scope, { inputs: 3, outputs: 3, kernel: 3, bias: false, padding: 'same' }),
    ],
    ['depthwise', (scope: Scope) => new DepthwiseConv2d(scope, { channels: 3, kernel: 3 })],
  ])('folded into one equals the two steps, gradients included: %s', (_name, build) => {
    const convolution = build(new Scope(2));
    const norm = usedNorm(3);
    expectNoLeak(() => {
      tf.tidy(() => {
        const x = normals<tf.Rank.R4>([2, 5, 4, 3], 3);
        const dy = normals<tf.Rank.R4>([2, 5, 4, 3], 4);
        const leaves = [x, ...convolution.parameters().values(), ...norm.parameters().values()];
        const both = [
          (): tf.Tensor => new ConvNorm(convolution, norm).forward(x, 'running'),
          (): tf.Tensor => norm.forward(convolution.forward(x), 'running'),
        ].map((forward) => {
          const pass = record(forward, leaves);
          const gradients = pass.pullback(dy, leaves, { last: true }) as tf.Tensor[];
          return [pass.output.clone(), ...gradients, pass] as const;
        });
        const [folded, apart] = both as [(typeof both)[0], (typeof both)[0]];
        for (let i = 0; i <= leaves.length; i++) {
          // Sums of at most 40 terms of size about 1, in another order.
          expectAllClose(folded[i] as tf.Tensor, apart[i] as tf.Tensor, { rtol: 1e-5, atol: 2e-5 });
        }
        for (const [, ...rest] of both) (rest.at(-1) as { dispose(): void }).dispose();
      });
    });
    convolution.dispose();
    norm.dispose();
  });

  test('with batch statistics it is the two steps, and the stored ones follow at its own pace', () => {
    const convolution = new DepthwiseConv2d(new Scope(2), { channels: 1, kernel: 1 });
    convolution.loadStateDict(
      new Map([['weight', { shape: [1, 1, 1, 1], data: Float32Array.of(1) }]]),
    );
    const norm = new BatchNorm(new Scope(1), 1, { momentum: 0.01 });
    tf.tidy(() => {
      const x = tf.tensor4d([1, 2, 3, 6], [4, 1, 1, 1]);
      new ConvNorm(convolution, norm).forward(x, 'batch');
      const stored = ['running_mean', 'running_var'].map((name) =>
        Number(norm.stateDict().get(name)?.data[0]),
      );
      // Mean 3, unbiased variance 14 / 3; rtol 1e-6: three float32 roundings.
      expectAllClose(stored, [0.03, 0.99 + 0.14 / 3], { rtol: 1e-6, atol: 0 });
    });
    convolution.dispose();
    norm.dispose();
  });
});

eachEngine('padding as TensorFlow’s "same"', () => {
  const ones = (shape: number[]): Map<string, { shape: number[]; data: Float32Array }> =>
    new Map([['weight', { shape, data: new Float32Array(9).fill(1) }]]);
  const x = (): tf.Tensor4D => tf.reshape<tf.Rank.R4>(tf.range(0, 16), [1, 4, 4, 1]);
  // 4 x 4, 3 x 3, stride 2: one row and one column, both at the far side. Windows begin at (0,0), (0,2), (2,0), (2,2).
  const expected = [45, 39, 66, 50];

  test('a convolution adds the odd row at the far side', () => {
    const options = { inputs: 1, outputs: 1, kernel: 3, stride: 2, bias: false } as const;
    const layer = new Conv2d(new Scope(1), { ...options, padding: 'same' });
    layer.loadStateDict(ones([1, 1, 3, 3]));
    tf.tidy(() => expectAllClose(layer.forward(x()), expected, EXACT));
    layer.dispose();
  });

  test('a depthwise convolution does too, each channel by its own filter', () => {
    const layer = new DepthwiseConv2d(new Scope(1), { channels: 2, kernel: 3, stride: 2 });
    const data = Float32Array.from({ length: 18 }, (_, i) => (i < 9 ? 1 : -2));
    layer.loadStateDict(new Map([['weight', { shape: [2, 1, 3, 3], data }]]));
    expect(layer.weight.shape).toEqual([3, 3, 1, 2]);
    tf.tidy(() => {
      const both = layer.forward(tf.concat([x(), x()], 3));
      expectAllClose(
        both,
        expected.flatMap((sum) => [sum, -2 * sum]),
        EXACT,
      );
    });
    layer.dispose();
  });
});
