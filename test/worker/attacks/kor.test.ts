import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { random } from '../../../src/shared/random';
import { activityMap } from '../../../src/worker/attacks/kor/activity-map';
import {
  maskedAdam,
  type MaskedAdam,
  type Quality,
} from '../../../src/worker/attacks/kor/masked-adam';
import { nothing, useCpuBackend } from './toys';

beforeAll(useCpuBackend);

describe('the map of busy places', () => {
  it('has the values that the released formula gives on a pattern', () => {
    const pixels = Float32Array.from({ length: 8 * 8 * 3 }, (_, k) => {
      const [i, j, c] = [Math.floor(k / 24), Math.floor(k / 3) % 8, k % 3];
      const level = [i * j, i + 2 * j, 3 * i + j][c] ?? 0;
      return (level % 8) / 7;
    });
    const map = activityMap(pixels, { height: 8, width: 8 });
    const row = (i: number) => [...map.subarray(8 * i, 8 * i + 8)];
    // Golden values computed with NumPy and SciPy from the description of the released MATLAB code.
    const first = [1, 1, 1, 1, 0.830895, 0.830895, 0.830895, 0.71623];
    const fourth = [1, 1, 1, 0.980715, 0.830895, 0.830895, 0.830895, 0.830895];
    first.forEach((value, j) => expect(row(0)[j]).toBeCloseTo(value, 5));
    fourth.forEach((value, j) => expect(row(3)[j]).toBeCloseTo(value, 5));
    const mean = map.reduce((sum, value) => sum + value, 0) / map.length;
    // float32 pixels: seven digits.
    expect(mean).toBeCloseTo(0.7626084172, 6);
  });

  it('is one everywhere where nothing is busy', () => {
    const flat = new Float32Array(4 * 5 * 3).fill(0.3);
    expect([...activityMap(flat, { height: 4, width: 5 })]).toEqual(new Array(20).fill(1));
  });
});

const settings: MaskedAdam = {
  learningRate: 0.2 / 255,
  map: 'squared',
  masks: 'gradient',
  least: 19,
  most: 99,
  clipsEachStep: false,
  keepsLast: false,
};

const shape: [number, number, number, number] = [1, 6, 6, 3];
const picture = (): tf.Tensor4D =>
  tf.tensor4d(random(4, 'kor').uniforms(6 * 6 * 3, 0.3, 0.7), shape);

/** Quality at each call in turn, with a fixed gradient. */
function scripted(values: (call: number) => number): { quality: Quality; calls: () => number } {
  let call = 0;
  const gradient = random(8, 'kor-gradient').uniforms(6 * 6 * 3, -1, 1);
  return {
    calls: () => call,
    quality: () =>
      Promise.resolve({
        score: tf.tensor1d([values(call++)]),
        gradient: tf.tensor4d(gradient.slice(), shape),
      }),
  };
}

describe('the steps of the Kor. attack', () => {
  it('end after 19 where quality stops rising, and after 99 where it never does', async () => {
    const falls = scripted((call) => (call < 5 ? 0.5 + call / 100 : 0.1));
    await maskedAdam(picture(), settings, falls.quality, nothing);
    expect(falls.calls()).toBe(19);
    const rises = scripted((call) => call / 200);
    await maskedAdam(picture(), settings, rises.quality, nothing);
    expect(rises.calls()).toBe(99);
    const pauses = scripted((call) => (call < 30 ? call / 100 : 0));
    await maskedAdam(picture(), settings, pauses.quality, nothing);
    // Two steps without progress after the thirtieth.
    expect(pauses.calls()).toBe(32);
  });

  it('keep the picture made by the step after the best quality', async () => {
    const x = picture();
    const seen: number[][] = [];
    const { quality } = scripted((call) => (call === 3 ? 0.9 : 0.5));
    const outcome = await maskedAdam(
      x,
      settings,
      async (at) => {
        seen.push([...(await at.data())]);
        return quality(at);
      },
      nothing,
    );
    expect([...(await outcome.adversarial.data())]).toEqual(seen[4]);
  });

  it('are those of MATLAB on 0 to 255, with its rate and its constant', async () => {
    const x = picture();
    const pixels = (await x.data()) as Float32Array;
    const mask = activityMap(pixels, { height: 6, width: 6 });
    // A quality that is a sum of tanh, so that its gradient changes from step to step.
    const weights = random(6, 'kor-weights').uniforms(pixels.length, -1e-3, 1e-3);
    const gradientAt = (value: number, k: number): number =>
      (weights[k] ?? 0) * (1 - Math.tanh(value) ** 2);
    const outcome = await maskedAdam(
      x,
      { ...settings, least: 30, most: 30, keepsLast: true },
      async (at) => {
        const values = await at.data();
        const gradient = Float32Array.from(values, gradientAt);
        return { score: tf.tensor1d([0.5]), gradient: tf.tensor4d(gradient, shape) };
      },
      nothing,
    );
    // The same in double precision on grey levels, from Kingma & Ba's Adam as MATLAB's adamupdate states it.
    const state = Float64Array.from(pixels, (value) => value * 255);
    const [m, v] = [new Float64Array(state.length), new Float64Array(state.length)];
    for (let t = 1; t <= 30; t++) {
      const rate = (0.2 * Math.sqrt(1 - 0.999 ** t)) / (1 - 0.9 ** t);
      for (let k = 0; k < state.length; k++) {
        const slope = gradientAt((state[k] ?? 0) / 255, k) / 255;
        const g = -slope * (mask[Math.floor(k / 3)] ?? 0);
        m[k] = 0.9 * (m[k] ?? 0) + 0.1 * g;
        v[k] = 0.999 * (v[k] ?? 0) + 0.001 * g * g;
        state[k] = (state[k] ?? 0) - (rate * (m[k] ?? 0)) / (Math.sqrt(v[k] ?? 0) + 1e-8);
      }
    }
    const moved = await outcome.adversarial.data();
    const furthest = state.reduce(
      (most, value, k) => Math.max(most, Math.abs(value - (moved[k] ?? 0) * 255)),
      0,
    );
    // Thirty float32 steps on values up to 255 levels; with the constant left at 1e-8 it is several grey levels.
    expect(furthest).toBeLessThan(2e-3);
    expect(
      Math.max(...Array.from(moved, (value, k) => Math.abs(value - (pixels[k] ?? 0)))),
    ).toBeGreaterThan(2 / 255);
  });
});
