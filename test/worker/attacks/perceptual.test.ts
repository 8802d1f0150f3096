import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { checkValues, type ParamValues } from '../../../src/shared/params';
import { random } from '../../../src/shared/random';
import perceptual from '../../../src/worker/attacks/perceptual';
import { AttackBatch } from '../../../src/worker/attacks/harness/attack-batch';
import { perceptualComparison } from '../../../src/worker/fidelity/perceptual';
import { SsimComparison } from '../../../src/worker/fidelity/ssim-comparison';
import type { Comparison } from '../../../src/worker/fidelity/comparison';
import type { Model } from '../../../src/worker/models/model';
import type { PerceptualId } from '../../../src/shared/weights/measures';
import { withTinyFiles } from './tiny-files';
import { contextOf, curvedModel, linearModel, scorerOf, toyModel, useCpuBackend } from './toys';

beforeAll(useCpuBackend);

const side = 16;
const size = side * side * 3;

/** Two smooth pictures far enough from 0 and 1 that no clamp is active. */
function pictures(): tf.Tensor4D {
  const data = Float32Array.from(
    { length: 2 * size },
    (_, i) => 0.5 + 0.2 * Math.sin(0.05 * (i % size) + Math.floor(i / size)),
  );
  return tf.tensor4d(data, [2, side, side, 3]);
}

const flat = (): Model => toyModel((x) => tf.mul(tf.sum(x, [1, 2, 3]), 0));

async function attacked(model: Model, given: ParamValues, labScale = { scale: 1, offset: 0 }) {
  const x = pictures();
  const scorer = scorerOf(model);
  const clean = await scorer.score(x);
  const { params, batch: files } = withTinyFiles(perceptual, given);
  const values = checkValues('perceptual', perceptual.params, params);
  const batch = new AttackBatch(
    new Map(
      (perceptual.needs ?? []).flatMap(({ entry, when }) =>
        when?.is.includes(values['constraint'] ?? '') ? [[entry, files.weights(entry)]] : [],
      ),
    ),
    labScale,
  );
  const context = contextOf({ scorer, clean, seeds: [11, 12] }, batch);
  const outcome = await perceptual.run(x, values, context);
  const after = await scorer.score(outcome.adversarial);
  batch.dispose();
  return {
    ...outcome,
    x,
    moved: tf.sub(outcome.adversarial, x).dataSync<'float32'>(),
    change: Array.from(after.dataSync(), (f, i) => f - (clean.dataSync()[i] ?? 0)),
  };
}

/** The start as the attack draws it: x + n, n in {-1/255, 0}. */
function startNoise(): Float32Array {
  const noise = new Float32Array(2 * size);
  [11, 12].forEach((seed, i) => {
    const stream = random(seed, 'attack/perceptual/start');
    for (let j = 0; j < size; j++) noise[i * size + j] = stream.integer(2) === 0 ? 0 : -1 / 255;
  });
  return noise;
}

function distances(comparison: Comparison, x: tf.Tensor4D, moved: ArrayLike<number>): number[] {
  return tf.tidy(() => {
    const y: tf.Tensor4D = tf.add(x, tf.tensor4d(Float32Array.from(moved), x.shape));
    const distance = comparison.distance(comparison.features(x), comparison.features(y));
    return [...distance.dataSync()];
  });
}

function comparisonOf(constraint: string): Comparison {
  if (constraint === 'ssim') return new SsimComparison('ssim-replicate');
  const { batch } = withTinyFiles(perceptual, { constraint });
  return perceptualComparison(constraint as PerceptualId, (id) => batch.weights(id).tensors);
}

describe('the Perceptual attack', () => {
  // Measured: .26 of the noise's distance is left with LPIPS, .57 with DISTS, whose channels pull one
  // way and the other under steps of one size. A likeness of the wrong sign would leave more than 1.
  it.each([
    ['ssim', 0.25],
    ['lpips-vgg', 0.5],
    ['dists', 0.75],
  ] as const)(
    'of a constant score only restores likeness (%s): the noise it starts from goes away',
    async (constraint, share) => {
      // Steps of a tenth of the noise: what is left of it is about the size of a step.
      const { x, moved } = await attacked(flat(), { constraint, stepSize: 1 / 2550, steps: 25 });
      const comparison = comparisonOf(constraint);
      const before = distances(comparison, x, startNoise());
      const after = distances(comparison, x, moved);
      after.forEach((distance, i) => expect(distance).toBeLessThan((before[i] ?? 0) * share));
      comparison.dispose();
    },
  );

  it('without a constraint (lambda 0) moves every pixel by alpha along the sign, in every step', async () => {
    const weights = random(3, 'test').normals(size);
    const steps = 4;
    const { moved, change, direction } = await attacked(linearModel(weights), {
      lambda: 0,
      stepSize: 0.01,
      steps,
    });
    const noise = startNoise();
    const length = Math.hypot(...weights);
    for (let i = 0; i < moved.length; i++) {
      const g = (weights[i % size] ?? 0) / length;
      const step = (0.01 * g) / (Math.abs(g) + 1e-8);
      const want = (noise[i] ?? 0) + steps * step * (direction[Math.floor(i / size)] ?? 0);
      // Some float32 roundings of numbers near 0.5.
      expect(Math.abs((moved[i] ?? NaN) - want)).toBeLessThan(1e-6);
    }
    // It goes on in the direction in which the noise happened to push the score.
    change.forEach((by, i) => expect(Math.sign(by)).toBe(direction[i]));
  });

  it('leaves two corners as they started where the released mask is asked for', async () => {
    const weights = random(3, 'test').normals(size);
    const { moved } = await attacked(linearModel(weights), {
      lambda: 0,
      steps: 2,
      mask: 'corners',
    });
    const noise = startNoise();
    let kept = 0;
    for (let y = 0; y < side; y++) {
      for (let x = 0; x < side; x++) {
        const at = (y * side + x) * 3;
        const corner = (y < 5 && x < 5) || (y >= side - 5 && x >= side - 5);
        const by = Math.abs((moved[at] ?? NaN) - (noise[at] ?? NaN));
        if (corner) expect(by).toBeLessThan(1e-7);
        else expect(by).toBeGreaterThan(0.009);
        kept += corner ? 1 : 0;
      }
    }
    expect(kept).toBe(50);
  });

  it('hardly moves a score of 0 to 1 in its own unit, and does once it is on the lab scale', async () => {
    const model = curvedModel(size);
    // The toy's 0 to 100 stands for a model of 0 to 1 brought to the lab scale.
    const scale = { scale: 100, offset: 0 };
    const settings = { lambda: 1e4, steps: 30 };
    const lab = await attacked(model, { ...settings, units: 'lab' }, scale);
    const native = await attacked(model, { ...settings, units: 'native' }, scale);
    const size2 = (change: number[]) => Math.hypot(...change);
    expect(size2(native.change)).toBeLessThan(size2(lab.change) / 2);
  });

  it('in the unit of the model is the attack on the lab scale with lambda times the scale squared', async () => {
    const model = curvedModel(size);
    const scale = { scale: 10, offset: 0 };
    const lab = await attacked(model, { lambda: 1e5, steps: 3, units: 'lab' }, scale);
    const native = await attacked(model, { lambda: 1e3, steps: 3, units: 'native' }, scale);
    // The same gradient up to a factor; rounding may turn a sign where it is near 0.
    const different = lab.moved.filter((by, i) => Math.abs(by - (native.moved[i] ?? NaN)) > 1e-4);
    expect(different.length).toBeLessThan(lab.moved.length / 100);
  });

  it.each(['fresh', 'kept'])(
    'keeps to a bound on the largest change (%s Adam)',
    async (optimizer) => {
      const given = { constraint: 'linf', optimizer, epsilon: 0.008, steps: 6 };
      const { moved, change } = await attacked(curvedModel(size), given);
      // One float32 rounding of x + eps.
      expect(Math.max(...moved.map(Math.abs))).toBeLessThanOrEqual(0.008 + 2 ** -24);
      change.forEach((by) => expect(Math.abs(by)).toBeGreaterThan(0));
      const none = await attacked(curvedModel(size), { ...given, epsilon: 0 });
      expect(Math.max(...none.moved.map(Math.abs))).toBe(0);
    },
  );

  it('as a penalty on the largest change pulls back one value per picture', async () => {
    const given = { constraint: 'linf', linfForm: 'penalty', lambda: 1, steps: 1, stepSize: 0.01 };
    const { moved } = await attacked(flat(), given);
    const noise = startNoise();
    for (const picture of [0, 1]) {
      const part = (values: ArrayLike<number>) =>
        Array.from(values).slice(picture * size, (picture + 1) * size);
      const pulled = part(moved).filter((by, i) => Math.abs(by - (part(noise)[i] ?? NaN)) > 1e-6);
      expect(pulled).toHaveLength(1);
    }
  });

  it('raises the score whichever way the noise pushed it, as the MSU benchmark does', async () => {
    const preset = perceptual.presets.find(({ id }) => id === 'msu-ssim');
    const { change } = await attacked(curvedModel(size), { ...preset?.params, lambda: 0 });
    change.forEach((by) => expect(by).toBeGreaterThan(0));
  });

  it('refuses pictures that are too small for the constraint', async () => {
    const call = attacked(flat(), { constraint: 'lpips-alex', steps: 1 });
    await expect(call).rejects.toThrow('needs pictures of at least 31 x 31 pixels, got 16 x 16');
  });
});
