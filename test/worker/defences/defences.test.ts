import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { checkValues, type ParamValues } from '@shared/params';
import { random } from '@shared/random';
import { defenceInfo, defences, openDefence, type DefenceDef } from '../../../src/worker/defences';
import { gaussianBlur } from '../../../src/worker/defences/gaussian-blur';
import { medianFiltered } from '../../../src/worker/defences/median';
import type { Purifier } from '../../../src/worker/defences/purify/purifier';
import { downAndBack } from '../../../src/worker/defences/resize';
import type { Picture } from '../../../src/worker/fidelity/picture';
import { curvedModel, linearModel, nothing, scorerOf, useCpuBackend } from '../attacks/toys';

beforeAll(useCpuBackend);

const [height, width] = [8, 8];
const size = height * width * 3;

function pictures(count = 2, seed = 3): tf.Tensor4D {
  const data = random(seed, 'pictures').uniforms(count * size, 0.1, 0.9);
  return tf.tensor4d(data, [count, height, width, 3]);
}

function picture(seed: number, h = 5, w = 6): Picture {
  return { height: h, width: w, data: random(seed, 'picture').uniforms(h * w * 3) };
}

function dot(a: Picture, b: Picture): number {
  return a.data.reduce((sum, value, i) => sum + value * (b.data[i] ?? 0), 0);
}

/** Few draws, so that the suite stays short. */
function short(def: DefenceDef, given: ParamValues = {}): ParamValues {
  const values = checkValues(def.id, def.params, given);
  return typeof values['draws'] === 'number' ? { ...values, draws: 9, gradientDraws: 3 } : values;
}

async function scoresOf(def: DefenceDef, x: tf.Tensor4D, seed = 5): Promise<number[]> {
  const scorer = def.guard(scorerOf(curvedModel(size)), short(def), seed);
  return Array.from(await (await scorer.score(x)).data());
}

describe.each([...defences.all.values()].map((def) => [def.id, def] as const))(
  'the defence %s',
  (_, def) => {
    it('states settings and presets that its own rules accept, as plain data', () => {
      for (const { params } of def.presets) checkValues(def.id, def.params, params);
      expect(JSON.parse(JSON.stringify(defenceInfo(def)))).toEqual(defenceInfo(def));
      expect(def.certifies).toBe(def.certify !== undefined);
    });

    it('gives the same scores for the same seed, and a picture its own whatever stands beside it', async () => {
      const x = pictures();
      const [first, second] = await scoresOf(def, x);
      expect(await scoresOf(def, x)).toEqual([first, second]);
      const alone = tf.slice4d(x, [1, 0, 0, 0], [1, -1, -1, -1]);
      expect(await scoresOf(def, alone)).toEqual([second]);
    });

    it('changes no input and leaves no tensor behind', async () => {
      const x = pictures();
      const before = Array.from(await x.data());
      const scorer = def.guard(scorerOf(curvedModel(size)), short(def), 5);
      const tensors = tf.memory().numTensors;
      const { score, gradient } = await scorer.scoreAndGradient(x);
      tf.dispose([score, gradient, await scorer.score(x)]);
      expect(tf.memory().numTensors).toBe(tensors);
      expect(Array.from(await x.data())).toEqual(before);
    });

    it('says with its gradient what it says it does', async () => {
      const inner = scorerOf(curvedModel(size));
      const x = pictures(1);
      const scorer = def.guard(inner, short(def), 5);
      const { gradient } = await scorer.scoreAndGradient(x);
      const slopes = await gradient.data();
      expect(gradient.shape).toEqual(x.shape);
      if (def.gradient !== 'exact') {
        // Straight-through and expectation only promise a direction: not flat, and finite.
        expect(slopes.some((slope) => slope !== 0)).toBe(true);
        return;
      }
      const data = await x.data<'float32'>();
      for (const at of [0, 31, 100, 191]) {
        const step = 1e-2;
        const end = async (sign: number): Promise<number> => {
          const moved = Float32Array.from(data);
          moved[at] = (moved[at] ?? 0) + sign * step;
          return (await scorer.score(tf.tensor4d(moved, x.shape))).dataSync()[0] ?? Number.NaN;
        };
        const difference = ((await end(1)) - (await end(-1))) / (2 * step);
        // Scores near 50 in float32, apart by about 0.1: five parts in 1e4, and the curvature's share.
        expect(Math.abs(difference - (slopes[at] ?? 0))).toBeLessThan(
          5e-3 * Math.max(1, Math.abs(difference)),
        );
      }
    });
  },
);

describe('a straight-through gradient', () => {
  it('is that of the model at the cleaned picture', async () => {
    const inner = scorerOf(curvedModel(size));
    const x = pictures(1);
    const def = defences.find('quantise');
    const rounded = tf.div<tf.Tensor4D>(tf.round(tf.mul(x, 15)), 15);
    const own = await def.guard(inner, short(def), 1).scoreAndGradient(x);
    const there = await inner.scoreAndGradient(rounded);
    expect(Array.from(own.gradient.dataSync())).toEqual(Array.from(there.gradient.dataSync()));
  });
});

describe('blur and resize', () => {
  const purifiers: [string, Purifier][] = [
    ['blur 3', gaussianBlur({ side: 3 })],
    ['blur 11, wider than the picture', gaussianBlur({ side: 11 })],
    ['half', downAndBack({ scale: 0.5 })],
    ['a third', downAndBack({ scale: 0.34 })],
  ];

  it.each(purifiers)('pull gradients back by their adjoint (%s)', async (_, purifier) => {
    const [x, y] = [picture(1), picture(2)];
    // <A x, y> = <x, A' y>; float32 results summed over 90 values.
    const left = dot(await purifier.apply(x), y);
    const right = dot(x, purifier.pull?.(y) ?? x);
    expect(Math.abs(left / right - 1)).toBeLessThan(1e-6);
  });

  it.each(purifiers)('leave an even picture even (%s)', async (_, purifier) => {
    const even = { height: 5, width: 6, data: new Float32Array(90).fill(0.3) };
    for (const value of (await purifier.apply(even)).data) expect(value).toBeCloseTo(0.3, 6);
  });

  it('spread a point by the weights of the window of 3', async () => {
    const data = new Float32Array(5 * 5 * 3);
    data[(2 * 5 + 2) * 3] = 1;
    const out = await gaussianBlur({ side: 3 }).apply({ height: 5, width: 5, data });
    // exp(-1 / (2 * 0.8^2)) = 0.457833, over 1 + 2 * 0.457833: 0.238994 beside 0.522011; products of both axes.
    expect(out.data[(2 * 5 + 2) * 3]).toBeCloseTo(0.522011 ** 2, 5);
    expect(out.data[(2 * 5 + 1) * 3]).toBeCloseTo(0.522011 * 0.238994, 5);
    expect(out.data[(1 * 5 + 1) * 3]).toBeCloseTo(0.238994 ** 2, 5);
  });

  it('go down and back by half-pixel centres', async () => {
    // Along a row 0, 1, 2, 3: down to 0.5 and 2.5, back to 0.5, 1, 2, 2.5, worked by hand.
    const row = {
      height: 1,
      width: 4,
      data: Float32Array.from([0, 1, 2, 3].flatMap((v) => [v, v, v])),
    };
    const { data } = await downAndBack({ scale: 0.5 }).apply(row);
    expect(Array.from(data.filter((_, i) => i % 3 === 0))).toEqual([0.5, 1, 2, 2.5]);
  });
});

describe('the other purifiers', () => {
  it('median: the middle of nine, mirrored at the border', () => {
    const values = [9, 1, 2, 3, 4, 5, 6, 7, 8].map((value) => value / 10);
    const out = medianFiltered(
      { height: 3, width: 3, data: Float32Array.from(values.flatMap((v) => [v, v, v])) },
      3,
    );
    // Centre: all nine, 1 to 9: 5. Corner, mirrored: 4 3 4, 1 9 1, 4 3 4, whose middle is 4.
    expect(out.data[4 * 3]).toBeCloseTo(0.5, 6);
    expect(out.data[0]).toBeCloseTo(0.4, 6);
  });

  it('quantise: the nearest of evenly spread levels', async () => {
    const weights = new Float32Array(3).fill(0);
    weights[0] = 1;
    const def = defences.find('quantise');
    const scorer = def.guard(scorerOf(linearModel(weights)), short(def, { levels: 5 }), 1);
    for (const [value, level] of [
      [0.3, 0.25],
      [0.38, 0.5],
      [1, 1],
    ] as const) {
      const score = await scorer.score(tf.fill([1, 1, 1, 3], value));
      expect(score.dataSync()[0]).toBe(level);
    }
  });

  it('JPEG: nearly keeps an even picture, and departs more at lower quality', async () => {
    const def = defences.find('jpeg');
    const identity = linearModel(new Float32Array(size).fill(1 / size));
    const even = tf.fill<tf.Rank.R4>([1, height, width, 3], 0.5);
    const kept = await def.guard(scorerOf(identity), short(def), 1).score(even);
    // Two roundings of half a grey level: of the pixels, and of the decoder.
    expect(Math.abs((kept.dataSync()[0] ?? 0) - 0.5)).toBeLessThanOrEqual(1 / 255);
    const x = pictures(1);
    const away = async (quality: number): Promise<number> => {
      let seen: Float32Array = new Float32Array(0);
      const spy = {
        score: async (y: tf.Tensor4D) => {
          seen = (await y.data<'float32'>()).slice();
          return tf.zeros<tf.Rank.R1>([1]);
        },
        scoreAndGradient: () => Promise.reject(new Error('not asked for')),
      };
      await def.guard(spy, short(def, { quality }), 1).score(x);
      const original = x.dataSync<'float32'>();
      return seen.reduce((sum, value, i) => sum + (value - (original[i] ?? 0)) ** 2, 0);
    };
    expect(await away(10)).toBeGreaterThan(await away(90));
  });
});

describe('median smoothing', () => {
  const def = defences.find('median-smoothing');
  const settings = { draws: 250, sigma: 0.02, radius: 0.02, confidence: 0.99 };

  it('bounds a linear score by nearly the exact worst case, and holds it', async () => {
    // f(x + noise) is normal about f(x): its quantiles at Phi(-+r / sigma) are f(x) -+ r |w|, the true extremes.
    const weights = random(4, 'weights').normals(12);
    const reach = settings.radius * Math.sqrt(weights.reduce((sum, w) => sum + w * w, 0));
    const x = tf.fill<tf.Rank.R4>([1, 2, 2, 3], 0.5);
    const inner = scorerOf(linearModel(weights));
    const exact = (await inner.score(x)).dataSync()[0] ?? Number.NaN;
    const params = checkValues(def.id, def.params, settings);
    let held = 0;
    for (const seed of [1, 2, 3, 4, 5, 6]) {
      const result = await def.certify?.(inner, x, params, seed, nothing);
      const { low = Number.NaN, high = Number.NaN } = result?.certified ?? {};
      if (low <= exact - reach && high >= exact + reach) held++;
      // 250 draws put a quantile at 0.16 within 2.6 standard errors, 0.25 sigma |w|, of its place; twice that at most.
      expect(high - low).toBeLessThan(2 * reach * 1.5);
    }
    // Each holds with probability 0.99: two of six failing has 0.15 %.
    expect(held).toBeGreaterThanOrEqual(5);
  });

  it('gives no bounds where the draws are too few for any', async () => {
    const params = checkValues(def.id, def.params, { draws: 3 });
    const x = pictures(1);
    const result = await def.certify?.(scorerOf(curvedModel(size)), x, params, 3, nothing);
    expect(result?.certified).toBeNull();
    expect(result?.score).toBeGreaterThan(0);
  });

  it('scores what it certifies', async () => {
    const params = short(def);
    const x = pictures(1);
    const inner = scorerOf(curvedModel(size));
    const plain = (await def.guard(inner, params, 3).score(x)).dataSync()[0];
    const certified = await def.certify?.(inner, x, params, 3, nothing);
    expect(Math.fround(certified?.score ?? 0)).toBe(plain);
  });
});

describe('opening a defence', () => {
  it('answers a misspelled name with the nearest one, and refuses another version', () => {
    expect(() => openDefence({ id: 'jpg', version: 1, params: {} }, 1)).toThrow(
      expect.objectContaining({ kind: 'not-found', next: 'Did you mean "jpeg"?' }) as Error,
    );
    expect(() => openDefence({ id: 'jpeg', version: 99, params: {} }, 1)).toThrow(
      expect.objectContaining({ kind: 'unsupported' }) as Error,
    );
  });
});
