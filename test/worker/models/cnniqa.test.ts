import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { defaultValues } from '@shared/params';
import cnniqa from '../../../src/worker/models/cnniqa';
import type { ForwardContext } from '../../../src/worker/models';
import { eachEngine } from '../../helpers/engines';
import { expectAllClose, uniforms } from '../../helpers/tensors';

const evaluation: ForwardContext = { training: false, seed: 0, step: 0, batchNorm: 'running' };
const build = (values: Record<string, number | string> = {}) =>
  cnniqa.build({ ...defaultValues(cnniqa.params), ...values }, 1);

eachEngine('CNNIQA', () => {
  test('has the layers and 724,901 parameters of Kang et al. (2014)', () => {
    const model = build();
    // 50 * 49 + 50, 100 * 800 + 800, 800 * 800 + 800, 800 + 1.
    let count = 0;
    for (const { data } of model.stateDict().values()) count += data.length;
    expect(count).toBe(724_901);
    expect([...model.stateDict()].map(([name, { shape }]) => [name, shape])).toEqual([
      ['conv1.weight', [50, 1, 7, 7]],
      ['conv1.bias', [50]],
      ['fc1.weight', [800, 100]],
      ['fc1.bias', [800]],
      ['fc2.weight', [800, 800]],
      ['fc2.bias', [800]],
      ['fc3.weight', [1, 800]],
      ['fc3.bias', [1]],
    ]);
    model.dispose();
  });

  test('starts in the middle of its scale', () => {
    const model = build();
    expect(model.stateDict().get('fc3.bias')?.data[0]).toBe(0.5);
    model.dispose();
  });

  test('the score is the layers applied one after another, computed here in double precision', () => {
    const model = build({ kernels: 4, hidden: 6 });
    tf.tidy(() => {
      const x = uniforms<tf.Rank.R4>([1, 32, 32, 3], 7);
      const score = model.forward(x, evaluation);
      // Scores near 0.5; float32 sums of 49 and 8 terms.
      expectAllClose(score, [byHand(x.dataSync<'float32'>(), model.stateDict())], {
        rtol: 1e-5,
        atol: 1e-5,
      });
    });
    model.dispose();
  });

  test('a patch of one grey level is scored, with a finite gradient', () => {
    const model = build();
    tf.tidy(() => {
      const flat = tf.fill<tf.Rank.R4>([2, 32, 32, 3], 0.4);
      const gradient = tf.grad((x) => tf.sum(model.forward(x as tf.Tensor4D, evaluation)))(flat);
      expect(model.forward(flat, evaluation).dataSync().every(Number.isFinite)).toBe(true);
      expect(gradient.dataSync().every(Number.isFinite)).toBe(true);
    });
    model.dispose();
  });

  test('colour input, dropout and other sizes can be chosen', () => {
    const model = build({ input: 'rgb', kernels: 5, kernelSize: 5, hidden: 10, dropout: 0.5 });
    expect(model.stateDict().get('conv1.weight')?.shape).toEqual([5, 3, 5, 5]);
    tf.tidy(() => {
      const x = uniforms<tf.Rank.R4>([4, 32, 32, 3], 7);
      const at = (step: number): Float32Array =>
        model
          .forward(x, { ...evaluation, training: true, step })
          .dataSync<'float32'>()
          .slice();
      expect(at(3)).toEqual(at(3));
      expect(at(4)).not.toEqual(at(3));
    });
    model.dispose();
  });
});

describe('CNNIQA’s settings', () => {
  test('views are 32 x 32 crops', () => {
    expect(cnniqa.views(defaultValues(cnniqa.params), {})).toEqual({
      kind: 'crop',
      height: 32,
      width: 32,
    });
  });
});

type State = ReturnType<ReturnType<typeof cnniqa.build>['stateDict']>;

/** Kang et al., section 3, straight from its definition. */
function byHand(rgb: Float32Array, state: State): number {
  const weight = (name: string): Float32Array => state.get(name)?.data ?? new Float32Array();
  const grey = Float64Array.from({ length: 1024 }, (_, i) =>
    [0.299, 0.587, 0.114].reduce((sum, share, c) => sum + share * (rgb[3 * i + c] ?? 0), 0),
  );
  const normal = grey.map((value, i) => {
    const [row, column] = [Math.floor(i / 32), i % 32];
    const window: number[] = [];
    for (let r = Math.max(0, row - 3); r <= Math.min(31, row + 3); r++) {
      for (let c = Math.max(0, column - 3); c <= Math.min(31, column + 3); c++)
        window.push(grey[r * 32 + c] ?? 0);
    }
    const mean = window.reduce((a, b) => a + b, 0) / window.length;
    const variance = window.reduce((a, b) => a + (b - mean) ** 2, 0) / window.length;
    return (value - mean) / (Math.sqrt(variance) + 1 / 255);
  });
  const responses = Array.from(weight('conv1.bias'), (bias, k) => {
    const map: number[] = [];
    for (let r = 0; r < 26; r++) {
      for (let c = 0; c < 26; c++) {
        let sum = bias;
        for (let u = 0; u < 49; u++) {
          sum +=
            (weight('conv1.weight')[k * 49 + u] ?? 0) *
            (normal[(r + Math.floor(u / 7)) * 32 + c + (u % 7)] ?? 0);
        }
        map.push(sum);
      }
    }
    return map;
  });
  const dense = (name: string, input: number[]): number[] =>
    Array.from(weight(`${name}.bias`), (bias, o) =>
      input.reduce(
        (sum, value, i) => sum + value * (weight(`${name}.weight`)[o * input.length + i] ?? 0),
        bias,
      ),
    );
  const relu = (values: number[]): number[] => values.map((value) => Math.max(0, value));
  const extremes = [
    ...responses.map((map) => Math.max(...map)),
    ...responses.map((map) => Math.min(...map)),
  ];
  return dense('fc3', relu(dense('fc2', relu(dense('fc1', extremes)))))[0] ?? Number.NaN;
}
