import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, it } from 'vitest';
import { defaultValues } from '../../../src/shared/params';
import type { AttackDef } from '../../../src/worker/attacks/attack';
import { attackPicture } from '../../../src/worker/attacks/harness/attack-picture';
import iFgsm from '../../../src/worker/attacks/i-fgsm';
import { curvedModel, nothing, scorerOf, target, useCpuBackend, viewSize } from './toys';

beforeAll(useCpuBackend);

const crop = { unit: 'crop', keepImages: false, viewsAtOnce: 64 } as const;
const params = { ...defaultValues(iFgsm.params), epsilon: 0.02, stepSize: 0.01, steps: 4 };

function traced(run: typeof crop, given = target(1, 3), attack: AttackDef = iFgsm) {
  const scorer = scorerOf(curvedModel(viewSize));
  return attackPicture(attack, params, run, scorer, given, 1, nothing, undefined, true);
}

it('records every step of an attack, from the picture itself to its result', async () => {
  const { row, trace } = await traced(crop);
  expect(trace.map(({ step }) => step)).toEqual([0, 1, 2, 3, 4]);
  expect(trace[0]).toMatchObject({ imageId: 1, score: row.clean, linf: 0, loss: 0 });
  // An 8 x 8 view is smaller than the 11 x 11 window.
  expect(trace.every(({ ssim }) => ssim === null)).toBe(true);
  expect(trace.at(-1)).toMatchObject({ score: row.attackedFloat, linf: row.linfFloat, loss: null });
  const linf = trace.map((step) => step.linf);
  expect(linf).toEqual(linf.toSorted((a, b) => a - b));
  // "mid" is the change of score in its direction, over the views: here each step adds to it.
  const loss = trace.slice(0, -1).map((step) => step.loss ?? NaN);
  expect(loss).toEqual(loss.toSorted((a, b) => a - b));
  expect(loss.at(-1)).toBeGreaterThan(0);
});

it('changes no number of the attack it watches', async () => {
  const scorer = scorerOf(curvedModel(viewSize));
  const plain = await attackPicture(iFgsm, params, crop, scorer, target(1, 3), 1, nothing);
  const watched = await traced(crop);
  expect(plain.trace).toEqual([]);
  expect({ ...watched.row, durationMs: 0 }).toEqual({ ...plain.row, durationMs: 0 });
});

it('joins groups of views into one curve, each view counting once', async () => {
  const whole = await traced(crop);
  const parts = await traced({ ...crop, viewsAtOnce: 2 } as unknown as typeof crop);
  expect(parts.trace).toHaveLength(whole.trace.length);
  whole.trace.forEach((step, i) => {
    // Means over 3 views and over 2 + 1 views, in float32.
    expect(parts.trace[i]?.score).toBeCloseTo(step.score, 4);
    expect(parts.trace[i]?.linf).toBeCloseTo(step.linf, 6);
  });
});

it('follows an attack without gradients by its queries, and thins a long one', async () => {
  const queries: AttackDef = {
    ...iFgsm,
    async run(x, _params, { scorer }) {
      for (let step = 0; step < 600; step++) tf.dispose(await scorer.score(x));
      const count = x.shape[0];
      return {
        adversarial: x.clone(),
        direction: new Int8Array(count).fill(1),
        steps: 600,
        zeroGradientShare: new Float32Array(count),
      };
    },
  };
  const { trace } = await traced(crop, target(1, 1), queries);
  expect(trace.length).toBeLessThanOrEqual(257);
  expect(trace.slice(0, 3).map(({ step }) => step)).toEqual([0, 4, 8]);
  expect(trace.at(-1)?.step).toBe(600);
});
