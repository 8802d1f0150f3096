import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { checkValues, type ParamValues } from '../../../src/shared/params';
import { random } from '../../../src/shared/random';
import apgd from '../../../src/worker/attacks/apgd';
import type { AttackDef } from '../../../src/worker/attacks/attack';
import fgsm from '../../../src/worker/attacks/fgsm';
import { StepSizes } from '../../../src/worker/attacks/gradient/step-sizes';
import { CountingScorer } from '../../../src/worker/attacks/harness/counting-scorer';
import iFgsm from '../../../src/worker/attacks/i-fgsm';
import madc from '../../../src/worker/attacks/madc';
import miFgsm from '../../../src/worker/attacks/mi-fgsm';
import noise from '../../../src/worker/attacks/noise';
import { squareSide } from '../../../src/worker/attacks/search/square-search';
import square from '../../../src/worker/attacks/square';
import targeted from '../../../src/worker/attacks/targeted';
import type { Model } from '../../../src/worker/models/model';
import { contextOf, curvedModel, linearModel, scorerOf, toyModel, useCpuBackend } from './toys';

beforeAll(useCpuBackend);

const size = 8 * 8 * 3;
const weights = random(4, 'weights').normals(size);
const norm = weights.reduce((sum, w) => sum + Math.abs(w), 0);

/** Pictures far enough from 0 and 1 that no clamp is active. */
function greyPictures(count = 2, seed = 3): tf.Tensor4D {
  const data = random(seed, 'grey').uniforms(count * size, 0.4, 0.6);
  return tf.tensor4d(data, [count, 8, 8, 3]);
}

async function run(attack: AttackDef, model: Model, x: tf.Tensor4D, given: ParamValues = {}) {
  const counting = new CountingScorer(scorerOf(model));
  const clean = await counting.score(x);
  const params = checkValues(attack.id, attack.params, given);
  const seeds = Array.from({ length: x.shape[0] }, (_, i) => 11 + i);
  const context = contextOf({ scorer: counting, clean, seeds });
  const before = counting.asked;
  const outcome = await attack.run(x, params, context);
  const queries = counting.asked.queries - before.queries;
  const after = await scorerOf(model).score(outcome.adversarial);
  const changes = tf.sub(after, clean);
  return {
    ...outcome,
    pixels: Array.from(await outcome.adversarial.data()),
    original: Array.from(await x.data()),
    change: Array.from(await changes.data()),
    queries,
    gradients: counting.asked.gradients,
  };
}

function preset(attack: AttackDef, id: string): ParamValues {
  return attack.presets.find((each) => each.id === id)?.params ?? {};
}

describe('Auto-PGD', () => {
  it.each(['random', 'picture'])(
    'moves a linear score by epsilon times the l1 norm of its gradient (start: %s)',
    async (start) => {
      const { change } = await run(apgd, linearModel(weights), greyPictures(), {
        epsilon: 0.05,
        start,
      });
      // Scores near 0 rounded to float32, change about 8: 1e-6 relative is eight roundings.
      for (const moved of change) expect(Math.abs(moved / (0.05 * norm) - 1)).toBeLessThan(1e-6);
    },
  );

  it('finds at least what FGSM finds on a curved score, and asks for a gradient per step and start', async () => {
    const model = curvedModel(size);
    const x = greyPictures(4);
    const one = await run(fgsm, model, x, { epsilon: 0.03, stepSize: 0.03 });
    const many = await run(apgd, model, x, { epsilon: 0.03, steps: 20, restarts: 2 });
    many.change.forEach((moved, i) =>
      expect(Math.abs(moved)).toBeGreaterThanOrEqual(Math.abs(one.change[i] ?? 0)),
    );
    expect(many.gradients).toBe(4 * 2 * 21);
  });

  it('treats every picture of a batch as if it were alone', async () => {
    const model = curvedModel(size);
    const x = greyPictures(2);
    const both = await run(apgd, model, x, { epsilon: 0.03 });
    const alone = await run(apgd, model, tf.slice4d(x, [0, 0, 0, 0], [1, -1, -1, -1]), {
      epsilon: 0.03,
    });
    expect(both.pixels.slice(0, size)).toEqual(alone.pixels);
  });

  it('keeps the larger change when it tries both ways', async () => {
    // A score that can fall by far more than it can rise: the ramp min(x, 0.5) summed, saturated above.
    const model = toyModel((x) => tf.sum(tf.minimum(x, 0.5), [1, 2, 3]));
    const x = tf.fill<tf.Rank.R4>([1, 8, 8, 3], 0.49);
    const both = await run(apgd, model, x, { epsilon: 0.1, loss: 'both', start: 'picture' });
    const up = await run(apgd, model, x, { epsilon: 0.1, loss: 'up', start: 'picture' });
    expect([...both.direction]).toEqual([-1]);
    expect(-(both.change[0] ?? 0)).toBeGreaterThan(5 * (up.change[0] ?? 0));
  });

  it('leaves a picture alone where it finds nothing better', async () => {
    const x = greyPictures(1);
    const flat = toyModel((y) => tf.zeros([y.shape[0]]));
    const { pixels, original } = await run(apgd, flat, x, {});
    expect(pixels).toEqual(original);
  });
});

describe('the steps of Auto-PGD', () => {
  const losses = (sizes: StepSizes, values: readonly number[]) =>
    values.map((value) => sizes.add([value]));

  it('stay whole while every step improves', () => {
    const sizes = new StepSizes([0], 1, 10);
    losses(sizes, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(sizes.sizes).toEqual([1]);
  });

  it('are halved where fewer than three quarters of them improve, and the search returns to its best', () => {
    // 10 steps: the first look is after floor(2.2) = 2 of them; one of two improving is a half.
    const sizes = new StepSizes([0], 1, 10);
    const [first, second] = losses(sizes, [5, 4]);
    expect([first?.improved, first?.returned]).toEqual([[true], [false]]);
    expect([second?.improved, second?.returned]).toEqual([[false], [true]]);
    expect([sizes.sizes, sizes.best]).toEqual([[0.5], [5]]);
  });

  it('look back after 22 %, then at intervals that shrink by 3 % to 6 %', () => {
    // Of 100 steps: 22, 19, 16, 13, 10, 7, 6, 6 ... : looks after 22, 41, 57, 70, 80, 87, 93 and 99.
    const sizes = new StepSizes([0], 1, 100);
    const looks: number[] = [];
    for (let step = 1; step <= 100; step++) if (sizes.add([-1]).returned[0]) looks.push(step);
    expect(looks).toEqual([22, 41, 57, 70, 80, 87, 93, 99]);
  });
});

describe('the Square attack', () => {
  it('asks for one score per query and never for a gradient', async () => {
    const { queries, gradients, steps } = await run(square, curvedModel(size), greyPictures(3), {
      queries: 40,
    });
    expect([queries, gradients, steps]).toEqual([3 * 40, 0, 40]);
  });

  it('stays below what a gradient would reach on a linear score, and gets most of the way', async () => {
    const { change } = await run(square, linearModel(weights), greyPictures(), {
      epsilon: 0.05,
      queries: 2000,
    });
    for (const moved of change) {
      // Rounding of float32 scores near 0 and changes near 8.
      expect(moved).toBeLessThanOrEqual(0.05 * norm * (1 + 1e-6));
      // Seeded: 0.7 and above here; random signs alone reach about 0.09, one over the root of 192 times 1.25.
      expect(moved).toBeGreaterThan(0.5 * 0.05 * norm);
    }
  });

  it('shrinks its squares as the publication does', () => {
    const settings = { share: 0.8, queries: 10_000 };
    const sides = [0, 10, 11, 51, 201, 501, 1001, 2001, 4001, 6001, 8001].map((query) =>
      squareSide(settings, query, 32, 32),
    );
    // round(sqrt(0.8 / 2^k * 1024)) for k = 0, 0, 1, 2, ..., 9.
    expect(sides).toEqual([29, 29, 20, 14, 10, 7, 5, 4, 3, 2, 1]);
  });
});

describe('the noise control', () => {
  it('moves every value by exactly epsilon, up or down, and asks the model nothing', async () => {
    const x = tf.fill<tf.Rank.R4>([1, 8, 8, 3], 0.5);
    const { pixels, queries } = await run(noise, linearModel(weights), x, { epsilon: 0.25 });
    expect(new Set(pixels)).toEqual(new Set([0.25, 0.75]));
    expect(queries).toBe(0);
  });

  it('keeps the draw that moves the score most', async () => {
    const model = linearModel(weights);
    const one = await run(noise, model, greyPictures(), { epsilon: 0.05 });
    const ten = await run(noise, model, greyPictures(), { epsilon: 0.05, draws: 10 });
    ten.change.forEach((moved, i) =>
      expect(Math.abs(moved)).toBeGreaterThanOrEqual(Math.abs(one.change[i] ?? 0)),
    );
    expect(ten.queries).toBe(2 * 10);
  });
});

describe('momentum', () => {
  it('of 0 is I-FGSM, bit for bit', async () => {
    const model = curvedModel(size);
    const given = { epsilon: 0.03, stepSize: 0.004, steps: 8 };
    const plain = await run(iFgsm, model, greyPictures(), given);
    for (const gradient of ['raw', 'normalised']) {
      const without = await run(miFgsm, model, greyPictures(), { ...given, decay: 0, gradient });
      expect(without.pixels).toEqual(plain.pixels);
    }
  });

  it('keeps the direction of the first steps against a later, weaker gradient', async () => {
    // Slope 1 up to 0.52, then -0.1: without momentum the pixel turns back there, with it it goes on.
    const model = toyModel((x) =>
      tf.sum(tf.sub(tf.minimum(x, 0.52), tf.mul(tf.maximum(tf.sub(x, 0.52), 0), 0.1)), [1, 2, 3]),
    );
    const x = tf.fill<tf.Rank.R4>([1, 2, 2, 3], 0.5);
    const given = { epsilon: 0.1, stepSize: 0.011, steps: 6, loss: 'up' };
    const plain = await run(iFgsm, model, x, given);
    const heavy = await run(miFgsm, model, x, { ...given, decay: 1, gradient: 'raw' });
    expect(Math.max(...plain.pixels)).toBeLessThan(0.535);
    expect(Math.min(...heavy.pixels)).toBeCloseTo(0.566, 5);
  });
});

describe('the MSU presets', () => {
  it('always raise the score', async () => {
    const high = linearModel(weights, 80);
    for (const [attack, id] of [
      [fgsm, 'msu-std-fgsm'],
      [iFgsm, 'msu-i-fgsm'],
      [miFgsm, 'msu-mi-fgsm'],
      [miFgsm, 'msu-ami-fgsm'],
      [madc, 'msu-madc'],
    ] as const) {
      const { change, direction } = await run(attack, high, greyPictures(), preset(attack, id));
      for (const moved of change) expect(moved).toBeGreaterThan(0);
      expect([...direction]).toEqual([1, 1]);
    }
  });

  it('of MI-FGSM and AMI-FGSM take the same steps', () => {
    expect(preset(miFgsm, 'msu-ami-fgsm')).toEqual(preset(miFgsm, 'msu-mi-fgsm'));
  });
});

describe('MADC', () => {
  it('begins with a plain sign step', async () => {
    const { change } = await run(madc, linearModel(weights), greyPictures(), {
      steps: 1,
      loss: 'up',
    });
    // Float32 scores near 0, change near 0.15: relative rounding about 1e-5.
    for (const moved of change) expect(Math.abs(moved / (0.001 * norm) - 1)).toBeLessThan(1e-4);
  });

  it('keeps the root mean square error within its limit', async () => {
    const given = { stepSize: 0.01, steps: 20, rmse: 0.02 };
    const { pixels, original } = await run(madc, linearModel(weights), greyPictures(1), given);
    const square = pixels.reduce((sum, p, i) => sum + (p - (original[i] ?? 0)) ** 2, 0);
    expect(Math.sqrt(square / pixels.length)).toBeLessThanOrEqual(0.02 * (1 + 1e-5));
    expect(square).toBeGreaterThan(0);
  });
});

describe('the targeted attack', () => {
  it('ends within one step of a target that its budget reaches', async () => {
    const model = linearModel(weights, 50);
    const x = greyPictures(1);
    const clean = (await scorerOf(model).score(x)).dataSync()[0] ?? Number.NaN;
    const target = clean + 0.003 * norm;
    const given = { aim: 'value', target, stepSize: 0.001, steps: 10 };
    const { change } = await run(targeted, model, x, given);
    expect(Math.abs(clean + (change[0] ?? 0) - target)).toBeLessThanOrEqual(0.001 * norm);
  });

  it('goes as far as its budget lets it towards one that is out of reach', async () => {
    const { change, direction } = await run(targeted, linearModel(weights, 20), greyPictures(), {
      aim: 'mirror',
      epsilon: 0.005,
    });
    expect([...direction]).toEqual([1, 1]);
    // Float32 scores near 20, change near 0.7: one rounding is 3e-6 of it.
    for (const moved of change) expect(Math.abs(moved / (0.005 * norm) - 1)).toBeLessThan(1e-5);
  });
});
