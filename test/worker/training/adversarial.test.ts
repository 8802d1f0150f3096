import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it, test } from 'vitest';
import { checkValues, defaultValues, type ParamValues } from '@shared/params';
import { random } from '@shared/random';
import { adversarialBatch } from '../../../src/worker/training/adversarial-batch';
import {
  adversarialSettings,
  atParams,
  buildTraining,
  computeStep,
  normSettings,
  ntParams,
  type StepSettings,
} from '../../../src/worker/training';
import mse from '../../../src/worker/training/losses/mse';
import { ssim } from '../../../src/worker/fidelity/ssim';
import { eachEngine } from '../../helpers/engines';
import { linearModel, useCpuBackend } from '../attacks/toys';
import { smoothDef } from './toy';

beforeAll(useCpuBackend);

const [height, width] = [12, 12];
const size = height * width * 3;
const weights = random(4, 'weights').normals(size);
const step: StepSettings = {
  loss: { judgesHeads: false, evaluate: (p, y) => mse.evaluate(p, y, defaultValues(mse.params)) },
  norm: null,
  scale: { scale: 1, offset: 0 },
  seed: 6,
};

function views(count = 2): tf.Tensor4D {
  return tf.tensor4d(random(3, 'grey').uniforms(count * size, 0.4, 0.6), [count, height, width, 3]);
}

function settings(given: ParamValues = {}) {
  const found = adversarialSettings(checkValues('at', atParams, given));
  if (!found) throw new Error('no settings');
  return found;
}

function made(x: tf.Tensor4D, y: number[], given: ParamValues, at = 0) {
  const model = linearModel(weights, 50);
  const rated = { x, y: Float32Array.from(y) };
  return adversarialBatch(model, rated, settings(given), step, at, (ratings) => ratings);
}

function rows(x: tf.Tensor4D, from: number): Float32Array {
  return x.dataSync<'float32'>().slice(from * size, (from + 1) * size);
}

describe('the batch of adversarial training', () => {
  it('adds to every view the FGSM example of the training loss, away from its rating', () => {
    const x = views();
    // Scores are near 50: the first view is rated below its score, the second above.
    const batch = made(x, [20, 80], { epsilon: 0.05, label: 'same' });
    expect(batch.x.shape[0]).toBe(4);
    expect(Array.from(batch.y)).toEqual([20, 80, 20, 80]);
    for (const [i, away] of [
      [0, 1],
      [1, -1],
    ] as const) {
      const [clean, moved] = [rows(x, i), rows(batch.x, 2 + i)];
      expect(rows(batch.x, i)).toEqual(clean);
      moved.forEach((value, j) => {
        // The step of 1.25 epsilon ends on the border: epsilon along the sign of the weight; one rounding near 0.5.
        const expected = 0.05 * away * Math.sign(weights[j] ?? 0);
        expect(Math.abs(value - (clean[j] ?? 0) - expected)).toBeLessThan(1e-7);
      });
    }
  });

  it('lowers ratings with the likeness of the example, and never below 0', () => {
    const x = views();
    const batch = made(x, [60, 0.5], { epsilon: 0.05, label: 'ssim', penalty: 2 });
    const picture = (data: Float32Array) => ({ height, width, data });
    const likeness = ssim(picture(rows(x, 0)), picture(rows(batch.x, 2)), 'ssim-full');
    expect(batch.y[2]).toBeCloseTo(Math.max(0, 60 - 2 * (1 - likeness) * 100), 4);
    expect(batch.y[3]).toBe(0);
  });

  it.each([
    ['fixed', [55, 0]],
    ['minimum', [0, 0]],
    ['same', [60, 3]],
  ] as const)('rates by the rule %s', (label, expected) => {
    const batch = made(views(), [60, 3], { label, percent: 5 });
    expect(Array.from(batch.y.slice(2))).toEqual(expected);
  });

  it('stays within epsilon and [0, 1] from a random start, which differs from step to step', () => {
    const x = views();
    const given = { epsilon: 0.05, ratio: 0.1, start: 'random', label: 'same' };
    const [first, again, later] = [0, 0, 1].map((at) => rows(made(x, [20, 80], given, at).x, 2));
    const clean = rows(x, 0);
    first?.forEach((value, j) =>
      expect(Math.abs(value - (clean[j] ?? 0))).toBeLessThanOrEqual(0.05 + 1e-7),
    );
    expect(again).toEqual(first);
    expect(later).not.toEqual(first);
  });

  it('attacks the share that is asked for, beside or in place of the clean views', () => {
    const x = views(4);
    const half = { share: 0.5, label: 'minimum' };
    expect(made(x, [60, 60, 60, 60], half).x.shape[0]).toBe(6);
    const instead = made(x, [60, 60, 60, 60], { ...half, mix: 'instead' });
    expect(instead.x.shape[0]).toBe(4);
    const kept = [0, 1, 2, 3].filter((i) =>
      rows(instead.x, i).every((value, j) => value === rows(x, i)[j]),
    );
    expect(kept).toHaveLength(2);
    expect(kept.map((i) => instead.y[i])).toEqual([60, 60]);
    expect(instead.y.filter((rating) => rating === 0)).toHaveLength(2);
    const none = made(x, [1, 2, 3, 4], { share: 0 });
    expect(Array.from(none.y)).toEqual([1, 2, 3, 4]);
  });

  it('leaves no tensor behind but its own', () => {
    const x = views();
    const model = linearModel(weights, 50);
    const before = tf.memory().numTensors;
    const rated = { x, y: Float32Array.from([20, 80]) };
    adversarialBatch(model, rated, settings(), step, 0, (y) => y).x.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});

eachEngine('NT and adversarial training together', () => {
  test('take the norm term over clean and attacked views alike', () => {
    const training = buildTraining(smoothDef, {
      modelParams: {},
      trainer: { ...smoothDef.recipe.trainer },
      nt: defaultValues(ntParams),
      at: defaultValues(atParams, { label: 'same' }),
      seed: 4,
    });
    expect(training.step.adversarial).not.toBeNull();
    expect(training.step.norm).toEqual(normSettings(defaultValues(ntParams)));
    const x = tf.tensor4d(random(2, 'x').uniforms(2 * 108), [2, 6, 6, 3]);
    const at = training.step.adversarial;
    if (!at) throw new Error('no settings');
    const y = Float32Array.from([30, 60]);
    const both = adversarialBatch(training.model, { x, y }, at, training.step, 0, (r) => r);
    const { qualityLoss, normEstimate, gradients } = computeStep(
      training.model,
      both.x,
      both.y,
      training.step,
      0,
    );
    expect(both.x.shape[0]).toBe(4);
    expect(qualityLoss).toBeGreaterThan(0);
    expect(normEstimate).toBeGreaterThan(0);
    expect(gradients.size).toBeGreaterThan(0);
    training.dispose();
  });
});
