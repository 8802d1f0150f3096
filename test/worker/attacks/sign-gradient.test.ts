import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { random } from '../../../src/shared/random';
import { defaultValues, type ParamValues } from '../../../src/shared/params';
import type { AttackDef, AttackOutcome } from '../../../src/worker/attacks/attack';
import fgsm from '../../../src/worker/attacks/fgsm';
import iFgsm from '../../../src/worker/attacks/i-fgsm';
import type { Model } from '../../../src/worker/models/model';
import { contextOf, curvedModel, linearModel, scorerOf, useCpuBackend } from './toys';

beforeAll(useCpuBackend);

const shape: [number, number, number, number] = [2, 4, 4, 3];
const size = 4 * 4 * 3;

async function run(
  attack: AttackDef,
  model: Model,
  x: tf.Tensor4D,
  given: ParamValues,
): Promise<AttackOutcome & { before: Float32Array; after: Float32Array }> {
  const scorer = scorerOf(model);
  const clean = await scorer.score(x);
  const params = { ...defaultValues(attack.params), ...given };
  const seeds = [11, 12];
  const outcome = await attack.run(x, params, contextOf({ scorer, clean, seeds }));
  const after = await scorer.score(outcome.adversarial);
  return {
    ...outcome,
    before: (await clean.data()) as Float32Array,
    after: (await after.data()) as Float32Array,
  };
}

/** Pictures far enough from 0 and 1 that no clamp is active. */
function greyPictures(): tf.Tensor4D {
  return tf.tensor4d(random(3, 'grey').uniforms(2 * size, 0.4, 0.6), shape);
}

describe('one FGSM step on a linear score', () => {
  it('changes it by exactly epsilon times the l1 norm of the gradient', async () => {
    const weights = random(4, 'weights').normals(size);
    const norm = weights.reduce((sum, w) => sum + Math.abs(w), 0);
    const low = await run(fgsm, linearModel(weights), greyPictures(), {
      epsilon: 0.05,
      stepSize: 1,
    });
    // Scores near 0 rounded to float32, change about 2: 1e-6 relative is sixteen roundings.
    low.after.forEach((f, i) => {
      const change = f - (low.before[i] ?? NaN);
      expect(Math.abs(change / (0.05 * norm) - 1)).toBeLessThan(1e-6);
    });
    expect([...low.direction]).toEqual([1, 1]);
  });

  it('lowers scores above 50', async () => {
    const weights = random(4, 'weights').normals(size);
    const high = await run(fgsm, linearModel(weights, 80), greyPictures(), {});
    expect([...high.direction]).toEqual([-1, -1]);
    high.after.forEach((f, i) => expect(f).toBeLessThan(high.before[i] ?? NaN));
  });

  it('raises a score of exactly 50', async () => {
    const flatAt50 = linearModel(new Float32Array(size).fill(2 ** -40), 50);
    const { direction } = await run(fgsm, flatAt50, greyPictures(), {});
    expect([...direction]).toEqual([1, 1]);
  });

  it('moves nothing where the gradient is zero, and says so', async () => {
    const weights = new Float32Array(size).map((_, i) => (i % 4 === 0 ? 0 : 1));
    const x = greyPictures();
    const { adversarial, zeroGradientShare } = await run(fgsm, linearModel(weights), x, {});
    const [before, after] = [await x.data(), await adversarial.data()];
    for (let i = 0; i < before.length; i += 4) expect(after[i]).toBe(before[i]);
    expect([...zeroGradientShare]).toEqual([0.25, 0.25]);
  });
});

describe('the step, the epsilon box and the pixel range', () => {
  it('are applied in this order: a large step ends on the box, and never outside [0, 1]', async () => {
    const x = tf.fill<tf.Rank.R4>([2, 4, 4, 3], 0.99);
    const up = linearModel(new Float32Array(size).fill(1));
    const { adversarial } = await run(fgsm, up, x, { epsilon: 0.02, stepSize: 0.5 });
    expect(new Set(await adversarial.data())).toEqual(new Set([1]));
  });

  it('a step shorter than epsilon moves every pixel by the step', async () => {
    const x = tf.fill<tf.Rank.R4>([2, 4, 4, 3], 0.5);
    const up = linearModel(new Float32Array(size).fill(1));
    const { adversarial } = await run(fgsm, up, x, { epsilon: 0.5, stepSize: 0.25 });
    expect(new Set(await adversarial.data())).toEqual(new Set([0.75]));
  });

  it('several steps accumulate until epsilon', async () => {
    const x = tf.fill<tf.Rank.R4>([2, 4, 4, 3], 0.5);
    const up = linearModel(new Float32Array(size).fill(1));
    const two = await run(iFgsm, up, x, { epsilon: 0.25, stepSize: 0.0625, steps: 2 });
    expect(new Set(await two.adversarial.data())).toEqual(new Set([0.625]));
    const ten = await run(iFgsm, up, x, { epsilon: 0.25, stepSize: 0.0625, steps: 10 });
    expect(new Set(await ten.adversarial.data())).toEqual(new Set([0.75]));
    expect(ten.steps).toBe(10);
  });
});

describe('absolute and squared change', () => {
  const model = (): Model => curvedModel(size);

  for (const loss of ['mae', 'mse']) {
    it(`do nothing in one step from the picture itself (${loss}), bit for bit`, async () => {
      const x = greyPictures();
      const result = await run(fgsm, model(), x, { loss, start: 'picture' });
      expect(await result.adversarial.data()).toEqual(await x.data());
      expect([...result.zeroGradientShare]).toEqual([1, 1]);
      expect([...result.direction]).toEqual([0, 0]);
    });
  }

  it('are the same attack from the same random start, bit for bit', async () => {
    for (const attack of [fgsm, iFgsm]) {
      const x = greyPictures();
      const mae = await run(attack, model(), x, { loss: 'mae' });
      const mse = await run(attack, model(), x, { loss: 'mse' });
      expect(await mae.adversarial.data()).toEqual(await mse.adversarial.data());
      expect(await mae.adversarial.data()).not.toEqual(await x.data());
    }
  });

  it('push the score on in the direction the random start has taken', async () => {
    const result = await run(iFgsm, model(), greyPictures(), { loss: 'mae', epsilon: 0.05 });
    result.after.forEach((f, i) => {
      expect(Math.sign(f - (result.before[i] ?? NaN))).toBe(result.direction[i]);
    });
  });
});

describe('a random start', () => {
  it('is a function of the seed of each picture, whatever its neighbours', async () => {
    const flat = linearModel(new Float32Array(size));
    const x = tf.fill<tf.Rank.R4>(shape, 0.5);
    const { adversarial } = await run(fgsm, flat, x, { start: 'random', epsilon: 0.1 });
    const data = await adversarial.data();
    const alone = tf.fill<tf.Rank.R4>([1, 4, 4, 3], 0.5);
    const scorer = scorerOf(flat);
    const params = { ...defaultValues(fgsm.params), start: 'random', epsilon: 0.1 };
    const clean = await scorer.score(alone);
    const context = contextOf({ scorer, clean, seeds: [12] });
    const second = await fgsm.run(alone, params, context);
    expect(await second.adversarial.data()).toEqual(data.slice(size));
    expect(data.slice(size)).not.toEqual(data.slice(0, size));
  });
});
