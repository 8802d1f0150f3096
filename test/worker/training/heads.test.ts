import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { computeStep, fitLine, loadCheckpoint, saveCheckpoint } from '../../../src/worker/training';
import type { NormSettings, StepSettings } from '../../../src/worker/training';
import { normTerm } from '../../../src/worker/training/gradient-norm';
import { losses } from '../../../src/worker/training/losses';
import { eachEngine } from '../../helpers/engines';
import { expectAllClose, expectNoLeak, uniforms } from '../../helpers/tensors';
import { LinearHeads } from './toy';

const norm: NormSettings = {
  lambda: 0.1,
  h: 0.01,
  space: 'pixel',
  half: true,
  batchNorm: 'batch-frozen',
  sharedPass: true,
  standardised: true,
};
const ratings = Float32Array.of(20, 70, 40, 90);

describe('the standardised norm term', () => {
  const clean = Float32Array.of(1, 3, -2, 0.5);
  const stepped = Float32Array.of(1.5, 3.25, -1, 0);

  test('does not change with the scale of the scores, which leaves it no gain from shrinking them', () => {
    const value = (factor: number): number =>
      normTerm(
        clean.map((v) => v * factor),
        stepped.map((v) => v * factor),
        norm,
      ).value;
    // Powers of two are exact in float32.
    expect(value(0.25)).toBeCloseTo(value(1), 12);
    expect(value(64)).toBeCloseTo(value(1), 12);
  });

  test('its slopes equal central differences through scores and deviation', () => {
    const { gradient, cleanGradient } = normTerm(clean, stepped, norm);
    const step = 2 ** -10;
    clean.forEach((value, i) => {
      const at = (offset: number): number =>
        normTerm(clean.with(i, value + offset), stepped, norm).value;
      const slope = (at(step) - at(-step)) / (2 * step);
      // Third derivatives (about 1e3 here, as h is 0.01) times step^2 / 6.
      expect(Math.abs((cleanGradient[i] ?? NaN) - slope)).toBeLessThan(1e-3);
    });
    stepped.forEach((value, i) => {
      const at = (offset: number): number =>
        normTerm(clean, stepped.with(i, value + offset), norm).value;
      expect(gradient[i]).toBeCloseTo((at(step) - at(-step)) / (2 * step), 6);
    });
  });

  test('is nothing for a single score, whose deviation is 0', () => {
    const { value, gradient, cleanGradient } = normTerm(
      Float32Array.of(3),
      Float32Array.of(4),
      norm,
    );
    expect([value, ...gradient, ...cleanGradient]).toEqual([0, 0, 0]);
  });
});

eachEngine('a step of a model with heads', () => {
  test('trains every head on the loss and the first on the norm term, before any line', () => {
    expectNoLeak(() => {
      const model = new LinearHeads();
      model.mapping.set([{ scale: -7, offset: 3 }]);
      const x = uniforms<tf.Rank.R4>([4, 2, 2, 3]);
      const loss = losses.find('norm-in-norm');
      const settings: StepSettings = { loss, norm, scale: { scale: 1, offset: 0 }, seed: 1 };
      const { gradients, normTerm: term } = computeStep(model, x, ratings, settings, 0);
      expect(term).toBeGreaterThan(0);

      // The same in plain numbers: the scorer is linear, so the direction is the sign of the first head's weights.
      const state = model.stateDict();
      const weights = state.get('head.weight')?.data ?? new Float32Array();
      const bias = state.get('head.bias')?.data ?? new Float32Array();
      const pixels = x.dataSync<'float32'>();
      const direction = [...weights.subarray(0, 12)].map(Math.sign);
      const output = (w: Float64Array, head: number, picture: number, move: number): number => {
        let sum = bias[head] ?? 0;
        for (let k = 0; k < 12; k++) {
          const pixel = (pixels[picture * 12 + k] ?? 0) + move * (direction[k] ?? 0);
          sum += (w[head * 12 + k] ?? 0) * pixel;
        }
        return sum;
      };
      const total = (w: Float64Array): number => {
        const all = [0, 1, 2, 3].flatMap((i) => [output(w, 0, i, 0), output(w, 1, i, 0)]);
        const moved = [0, 1, 2, 3].map((i) => output(w, 0, i, norm.h));
        // Doubles in a float32 dress would lose what central differences need.
        const asIs = (values: number[]) => Float64Array.from(values) as unknown as Float32Array;
        const clean = asIs(all.filter((_, i) => i % 2 === 0));
        return loss.evaluate(asIs(all), ratings).value + normTerm(clean, asIs(moved), norm).value;
      };
      const got = gradients.get('head.weight')?.dataSync<'float32'>() ?? new Float32Array();
      const [inputs, outputs] = gradients.get('head.weight')?.shape ?? [];
      expect([inputs, outputs]).toEqual([12, 2]);
      for (const [head, k] of [
        [0, 0],
        [0, 7],
        [1, 3],
        [1, 11],
      ] as const) {
        const at = head * 12 + k;
        const w = Float64Array.from(weights);
        const value = w[at] ?? 0;
        const step = 1e-6;
        const numeric =
          (total(w.with(at, value + step)) - total(w.with(at, value - step))) / (2 * step);
        // The step divides a difference of float32 scores (6e-8) by h = 0.01.
        expectAllClose([got[k * 2 + head] ?? NaN], [numeric], { rtol: 1e-3, atol: 1e-4 });
      }
      tf.dispose([x, ...[...gradients.values()].filter((gradient) => gradient !== null)]);
      model.dispose();
    });
  });

  test('a plain loss trains the first head alone', () => {
    const model = new LinearHeads();
    const x = uniforms<tf.Rank.R4>([4, 2, 2, 3]);
    const settings = {
      loss: losses.find('mse'),
      norm: null,
      scale: { scale: 1, offset: 0 },
      seed: 1,
    };
    const { gradients } = computeStep(model, x, ratings, settings, 0);
    const [first, second] = gradients.get('head.bias')?.dataSync() ?? [];
    expect(first).not.toBe(0);
    expect(second).toBe(0);
    tf.dispose([x, ...[...gradients.values()].filter((gradient) => gradient !== null)]);
    model.dispose();
  });

  test('only the parameters that are trained get gradients', () => {
    const model = new LinearHeads();
    const x = uniforms<tf.Rank.R4>([4, 2, 2, 3]);
    const trained = new Set(['head.bias']);
    const loss = losses.find('mse');
    const settings = { loss, norm, scale: { scale: 1, offset: 0 }, seed: 1, trained };
    const { gradients } = computeStep(model, x, ratings, settings, 0);
    expect([...gradients.keys()]).toEqual(['head.bias']);
    tf.dispose([x, ...[...gradients.values()].filter((gradient) => gradient !== null)]);
    model.dispose();
  });

  test('its lines are kept in a checkpoint to the last bit, and taken away by one without', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'iqalab-heads-'));
    const [model, other] = [new LinearHeads(), new LinearHeads(6)];
    const none = { state: () => new Map() };
    const meta = { modelId: 'heads', modelVersion: 1, epoch: 1, step: 1, extra: {} };
    await saveCheckpoint(join(folder, 'without'), model, none, meta);
    const lines = [
      { scale: 0.1 + 0.2, offset: -1e-17 },
      { scale: Math.PI, offset: 1e300 },
    ];
    model.mapping.set(lines);
    await saveCheckpoint(join(folder, 'with'), model, none, meta);
    await loadCheckpoint(join(folder, 'with'), other, null);
    expect(other.mapping.get()).toEqual(lines);
    await loadCheckpoint(join(folder, 'without'), other, null);
    expect(other.mapping.get()).toEqual([]);
    await rm(folder, { recursive: true });
    model.dispose();
    other.dispose();
  });
});

describe('the line from outputs to ratings', () => {
  test('has the least squared error', () => {
    // By hand: means 2 and 5, covariance sum 8, variance sum 8: slope 1, offset 3.
    expect(fitLine(Float64Array.of(0, 2, 4), Float64Array.of(3, 5, 7))).toEqual({
      scale: 1,
      offset: 3,
    });
    const { scale, offset } = fitLine(Float64Array.of(0, 1, 2), Float64Array.of(1, 0, 2));
    expect(scale).toBeCloseTo(0.5, 12);
    expect(offset).toBeCloseTo(0.5, 12);
  });

  test('is the mean rating where the outputs are all equal', () => {
    expect(fitLine(Float64Array.of(4, 4), Float64Array.of(10, 30))).toEqual({
      scale: 0,
      offset: 20,
    });
  });
});
