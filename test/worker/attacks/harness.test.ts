import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { random } from '../../../src/shared/random';
import { defaultValues } from '../../../src/shared/params';
import type { AttackDef, AttackOutcome } from '../../../src/worker/attacks/attack';
import fgsm from '../../../src/worker/attacks/fgsm';
import { attackPicture } from '../../../src/worker/attacks/harness/attack-picture';
import { zeroBudgetControl } from '../../../src/worker/attacks/harness/controls';
import { fittingRows } from '../../../src/worker/attacks/harness/fitting-rows';
import { meanScore } from '../../../src/worker/attacks/harness/mean-score';
import { PictureScorer } from '../../../src/worker/attacks/harness/picture-scorer';
import type { AttackRunSettings } from '../../../src/worker/attacks/harness/settings';
import {
  curvedModel,
  linearModel,
  nothing,
  scorerOf,
  target,
  toyModel,
  useCpuBackend,
  viewSize,
} from './toys';

beforeAll(useCpuBackend);

const crop: AttackRunSettings = { unit: 'crop', keepImages: false, viewsAtOnce: 64 };
const image: AttackRunSettings = { ...crop, unit: 'image' };
const params = { ...defaultValues(fgsm.params), epsilon: 0.02, stepSize: 0.02 };

/** An attack that returns whatever it is told to: the harness must cope with any of them. */
function attackReturning(change: (x: tf.Tensor4D) => tf.Tensor4D): AttackDef {
  return {
    ...fgsm,
    run: (x): Promise<AttackOutcome> =>
      Promise.resolve({
        adversarial: change(x),
        direction: new Int8Array(x.shape[0]).fill(1),
        steps: 1,
        zeroGradientShare: new Float32Array(x.shape[0]),
      }),
  };
}

describe('unit image', () => {
  it('scores a picture by the mean of its views', async () => {
    const given = target(1, 5);
    const scorer = scorerOf(curvedModel(viewSize));
    const clean = await attackPicture(fgsm, params, crop, scorer, given, 1, nothing);
    const whole = await attackPicture(fgsm, params, image, scorer, given, 1, nothing);
    expect(whole.row.clean).toBe(clean.row.clean);
  });

  it('gathers the gradient of the mean from overlapping views', async () => {
    // f is linear in a view, so the picture's gradient is known: the sum over views of w / count.
    const weights = random(9, 'weights').normals(viewSize);
    const { picture, views } = target(1, 6);
    const { height, width } = picture;
    const expected = new Float64Array(height * width * 3);
    for (const view of views)
      for (let y = 0; y < 8; y++)
        for (let i = 0; i < 24; i++) {
          const to = ((view.top + y) * width + view.left) * 3 + i;
          expected[to] = (expected[to] ?? 0) + (weights[y * 24 + i] ?? 0) / views.length;
        }
    const scorer = new PictureScorer(scorerOf(linearModel(weights)), views);
    const x = tf.zeros<tf.Rank.R4>([1, height, width, 3]);
    const { gradient } = await scorer.scoreAndGradient(x);
    const data = await gradient.data();
    // Six float32 additions of values below 1: 6 * 2^-24 with room for their sizes.
    data.forEach((value, i) => expect(Math.abs(value - (expected[i] ?? NaN))).toBeLessThan(1e-6));
  });

  it('applies weights per picture', async () => {
    const { picture, views } = target(1, 2);
    const scorer = new PictureScorer(scorerOf(curvedModel(viewSize)), views);
    const one = tf.fill<tf.Rank.R4>([1, picture.height, picture.width, 3], 0.4);
    const both = tf.concat([one, one]);
    const weights = tf.tensor1d([1, -2]);
    const { gradient } = await scorer.scoreAndGradient(both, weights);
    const half = gradient.size / 2;
    const data = await gradient.data();
    const first = data.slice(0, half);
    // A factor of -2 is exact in binary; 0 - 2 v keeps the zero of unseen pixels positive.
    expect(data.slice(half)).toEqual(first.map((value) => 0 - 2 * value));
    expect(first.some((value) => value !== 0)).toBe(true);
  });

  it('changes the score of a linear model by epsilon times the l1 norm of its gradient', async () => {
    const given = target(1, 4, 60, 200);
    const weights = random(9, 'weights').normals(viewSize);
    const scorer = scorerOf(linearModel(weights));
    const { picture, views } = given;
    const pictures = new PictureScorer(scorer, views);
    const zero = tf.zeros<tf.Rank.R4>([1, picture.height, picture.width, 3]);
    const { gradient } = await pictures.scoreAndGradient(zero);
    const norm = (await gradient.data<'float32'>()).reduce(
      (sum, value) => sum + Math.abs(value),
      0,
    );
    const { row } = await attackPicture(fgsm, params, image, scorer, given, 1, nothing);
    // Scores of size 5 in float32, change about 1: rounding is 5 * 6e-8 each way.
    expect(Math.abs((row.attackedFloat - row.clean) / (0.02 * norm) - 1)).toBeLessThan(3e-6);
  });

  it('counts zero gradients among the pixels that some view shows', async () => {
    const { row } = await attackPicture(
      fgsm,
      params,
      image,
      scorerOf(curvedModel(viewSize)),
      target(1, 1),
      1,
      nothing,
    );
    expect(row.zeroGradientShare).toBeCloseTo(0, 6); // 1 - 64/168 and back in float32.
  });
});

describe('unit crop', () => {
  it('gives each view its own direction and calls the picture mixed', async () => {
    // The score is 100 times the mean of the view: dark views are raised, bright ones lowered.
    const brightness = toyModel((x) => tf.mul(tf.mean(x, [1, 2, 3]), 100));
    const given = target();
    const data = given.picture.data.map((_, i) => (i < 6 * 12 * 3 ? 250 : 5));
    const views = [0, 6].map((top) => ({ ...(given.views[0] ?? never()), top, left: 0 }));
    const split = { ...given, views, picture: { ...given.picture, data } };
    const { row } = await attackPicture(
      fgsm,
      params,
      crop,
      scorerOf(brightness),
      split,
      1,
      nothing,
    );
    expect(row.direction).toBe('mixed');
  });

  it('lays attacked views back where they were cut and leaves the rest of the picture', async () => {
    const given = target(1, 1);
    const { top, left } = given.views[0] ?? never();
    const shift = attackReturning((x) => tf.add(x, 0.02));
    const { saved } = await attackPicture(
      shift,
      params,
      crop,
      scorerOf(curvedModel(viewSize)),
      given,
      1,
      nothing,
    );
    for (let y = 0; y < 14; y++)
      for (let x = 0; x < 12; x++) {
        const inside = y >= top && y < top + 8 && x >= left && x < left + 8;
        const at = (y * 12 + x) * 3;
        const before = given.picture.data[at] ?? 0;
        // .02 is 5.1 grey levels: five after rounding, unless white is in the way.
        expect(saved.data[at]).toBe(inside ? Math.min(255, before + 5) : before);
      }
  });

  it('does not depend on how many views go to the engine at once, for exact arithmetic', async () => {
    const scorer = scorerOf(linearModel(new Float32Array(viewSize).fill(0.5)));
    const one = await attackPicture(
      fgsm,
      params,
      { ...crop, viewsAtOnce: 1 },
      scorer,
      target(),
      1,
      nothing,
    );
    const all = await attackPicture(fgsm, params, crop, scorer, target(), 1, nothing);
    expect(one.saved.data).toEqual(all.saved.data);
  });
});

describe('the harness', () => {
  const scorer = () => scorerOf(curvedModel(viewSize));

  it('brings an attack that left its ball back into it, and measures by how much it left', async () => {
    const far = attackReturning((x) => tf.add(x, 0.5));
    const { row, excess } = await attackPicture(
      far,
      params,
      crop,
      scorer(),
      target(1, 2, 50, 100),
      1,
      nothing,
    );
    expect(row.linfFloat).toBeLessThanOrEqual(0.02 + 2 ** -24);
    expect(excess).toBeCloseTo(0.48, 6);
  });

  it('refuses a pixel that is not a number', async () => {
    const broken = attackReturning((x) => tf.mul(x, NaN));
    const call = attackPicture(broken, params, crop, scorer(), target(), 1, nothing);
    await expect(call).rejects.toMatchObject({ kind: 'non-finite' });
  });

  it('refuses pictures of another shape, naming both', async () => {
    const cut = attackReturning((x) => tf.slice4d(x, [0, 0, 0, 0], [-1, 4, -1, -1]));
    const call = attackPicture(cut, params, crop, scorer(), target(1, 2), 1, nothing);
    await expect(call).rejects.toThrow('expected pictures of shape [2, 8, 8, 3], got [2, 4, 8, 3]');
  });

  it('scores the float picture and the one saved in 8 bit apart', async () => {
    const half = attackReturning((x) => tf.add(x, 0.4 / 255)); // Less than half a grey level.
    const { row } = await attackPicture(
      half,
      params,
      crop,
      scorer(),
      target(1, 2, 50, 100),
      1,
      nothing,
    );
    expect(row.attackedFloat).not.toBe(row.clean);
    expect(row.attackedEightBit).toBe(row.clean);
    expect(row.linfEightBit).toBe(0);
  });

  it('measures distances of the float picture over all views', async () => {
    const shift = attackReturning((x) => tf.add(x, 1 / 64));
    const { row } = await attackPicture(
      shift,
      params,
      crop,
      scorer(),
      target(1, 2, 50, 100),
      1,
      nothing,
    );
    // Constant difference d: Linf = d, L2 = d sqrt(192), PSNR = -20 log10 d; float32 pixels.
    expect(row.linfFloat).toBeCloseTo(1 / 64, 6);
    expect(row.l2).toBeCloseTo(Math.sqrt(192) / 64, 6);
    expect(row.psnr).toBeCloseTo(20 * Math.log10(64), 4);
    expect(row.ssim).toEqual({}); // 8 x 8 views are smaller than the window.
  });

  it('has nothing to say of a deterministic model, and a warning for a random one', async () => {
    expect(await zeroBudgetControl(scorer(), target(), crop)).toBeNull();
    expect(await zeroBudgetControl(scorer(), target(), image)).toBeNull();
    let calls = 0;
    const moody = toyModel((x) => tf.add(tf.mean(x, [1, 2, 3]), calls++));
    const warning = await zeroBudgetControl(scorerOf(moody), target(), crop);
    expect(warning).toMatchObject({ code: 'not-repeatable', imageId: 1 });
  });
});

describe('meanScore', () => {
  it('sums in double precision and keeps float32', () => {
    expect(meanScore([1, 2 ** -30, -1])).toBe(Math.fround(2 ** -30 / 3));
  });
});

function never(): never {
  throw new Error('the toy has views');
}

it('takes the clean score and the first gradient from one pass without changing a number', async () => {
  const given = target(3, 4);
  const scorer = scorerOf(curvedModel(viewSize));
  let passes = 0;
  const counted = {
    score: (x: tf.Tensor4D) => scorer.score(x),
    scoreAndGradient: (x: tf.Tensor4D, weights?: tf.Tensor1D) => {
      passes++;
      return scorer.scoreAndGradient(x, weights);
    },
  };
  const before = tf.memory().numTensors;
  const together = await attackPicture(fgsm, params, crop, counted, given, 1, nothing);
  expect(passes).toBe(1);
  expect(tf.memory().numTensors).toBe(before);
  const apart: AttackDef = { ...fgsm, startsAtPicture: () => false };
  const separate = await attackPicture(apart, params, crop, scorer, given, 1, nothing);
  expect({ ...together.row, durationMs: 0 }).toEqual({ ...separate.row, durationMs: 0 });
});

it('scores no more views at once than one gradient pass can hold', () => {
  const model = curvedModel(viewSize);
  const size = { height: 8, width: 8 };
  const before = tf.memory().numTensors;
  const all = fittingRows(model, size);
  // 192 values in, 16 hidden ones: what one view keeps is a few kilobytes of three gibibytes.
  expect(all).toBeGreaterThan(1000);
  expect(fittingRows(model, size, 1)).toBe(1);
  const half = fittingRows(model, size, (3 * 2 ** 30) / 2);
  expect(Math.abs(half - all / 2)).toBeLessThanOrEqual(1);
  expect(tf.memory().numTensors).toBe(before);
});
