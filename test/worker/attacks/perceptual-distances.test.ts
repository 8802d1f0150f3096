import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { defaultValues } from '../../../src/shared/params';
import fgsm from '../../../src/worker/attacks/fgsm';
import { AttackBatch } from '../../../src/worker/attacks/harness/attack-batch';
import { attackPicture } from '../../../src/worker/attacks/harness/attack-picture';
import type { AttackRunSettings } from '../../../src/worker/attacks/harness/settings';
import { perceptualComparison } from '../../../src/worker/fidelity/perceptual';
import { LargestDifference } from '../../../src/worker/fidelity/largest-difference';
import { smallAlexNet, smallDists, smallLpips, smallVgg } from '../fidelity/trunks';
import { linearModel, nothing, scorerOf, target, useCpuBackend, viewSize } from './toys';

beforeAll(useCpuBackend);

const crop: AttackRunSettings = { unit: 'crop', keepImages: false, viewsAtOnce: 64 };
const weights = Float32Array.from({ length: viewSize }, (_, i) => (i % 2 === 0 ? 0.1 : -0.1));
/** 0.02 is 5.1 grey levels: saving rounds it to 5. */
const params = { ...defaultValues(fgsm.params), epsilon: 0.02, stepSize: 0.02 };

const files = new Map([
  ['vgg16', smallVgg()],
  ['alexnet', smallAlexNet()],
  ['lpips-alex', smallLpips('alex')],
  ['dists', smallDists()],
]);
const comparison = (id: 'lpips-alex' | 'dists') =>
  perceptualComparison(id, (entry) => files.get(entry) ?? new Map());

async function attacked(batch: AttackBatch, epsilon = 0.02) {
  const given = target(1, 3, 20, 230);
  const scorer = scorerOf(linearModel(weights, 20));
  const values = { ...params, epsilon };
  return attackPicture(fgsm, values, crop, scorer, given, 1, nothing, batch);
}

describe('the likeness of an attacked picture', () => {
  it('is measured as scored and as saved, by every comparison of the batch', async () => {
    const comparisons = [comparison('dists'), new LargestDifference()];
    const batch = new AttackBatch(new Map(), undefined, comparisons);
    const { row } = await attacked(batch);
    batch.dispose();
    // Away from 0 and 255 every pixel of every view moves by epsilon: 5 of 255 once saved.
    expect(row.perceptual?.['linf']).toBeCloseTo(0.02, 6);
    expect(row.saved?.perceptual['linf']).toBeCloseTo(5 / 255, 6);
    expect(row.psnr).toBeCloseTo(-20 * Math.log10(0.02), 3);
    expect(row.saved?.psnr).toBeCloseTo(-20 * Math.log10(5 / 255), 3);
    expect(row.saved?.l2).toBeCloseTo((5 / 255) * Math.sqrt(viewSize), 5);
    expect(row.perceptual?.['dists']).toBeGreaterThan(0);
    expect(row.saved?.perceptual['dists']).toBeLessThan(row.perceptual?.['dists'] ?? 0);
  });

  it('is perfect where nothing was changed', async () => {
    const batch = new AttackBatch(new Map(), undefined, [comparison('dists')]);
    const { row } = await attacked(batch, 0);
    batch.dispose();
    expect(row.perceptual).toEqual({ dists: 0 });
    expect(row.saved).toMatchObject({ l2: 0, psnr: null, perceptual: { dists: 0 } });
  });

  it('leaves out a comparison that needs larger pictures, and no tensor behind', async () => {
    const before = tf.memory().numTensors;
    const batch = new AttackBatch(new Map(), undefined, [comparison('lpips-alex')]);
    const { row } = await attacked(batch);
    batch.dispose();
    expect(row.perceptual).toEqual({});
    // The toy's own weights stay.
    expect(tf.memory().numTensors - before).toBe(1);
  });
});
