import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { record } from '../../../src/worker/engine';
import type { Comparison } from '../../../src/worker/fidelity/comparison';
import { Dists } from '../../../src/worker/fidelity/dists';
import { Lpips } from '../../../src/worker/fidelity/lpips';
import { AlexNet } from '../../../src/worker/fidelity/networks/alexnet';
import { Vgg16 } from '../../../src/worker/fidelity/networks/vgg16';
import { ssim, ssimVariants } from '../../../src/worker/fidelity/ssim';
import { SsimComparison } from '../../../src/worker/fidelity/ssim-comparison';
import { readWeights } from '../../../src/worker/weights';
import { tintedPictures, uniformOf } from '../../helpers/drawn';
import { eachEngine } from '../../helpers/engines';
import { realData } from '../../helpers/real-data';
import { pair, smooth } from './patterns';
import { smallAlexNet, smallDists, smallLpips, smallVgg } from './trunks';

interface Case {
  readonly shape: [number, number, number, number];
  readonly distances: number[];
  /** Euclidean norm of the gradient, and some of its values by position. */
  readonly norm: number;
  readonly samples: [number, number][];
}

/** test/fixtures/torch/fidelity.py: torch 2.13 in float64, trunks of drawn weights. */
const fixture = JSON.parse(
  readFileSync(resolve(import.meta.dirname, '../../fixtures/torch/fidelity.json'), 'utf8'),
) as Record<string, Case>;

const comparisons: Readonly<Record<string, () => Comparison>> = {
  'lpips-vgg': () => new Lpips('lpips-vgg', new Vgg16(smallVgg(), 'max'), smallLpips('vgg')),
  'lpips-alex': () => new Lpips('lpips-alex', new AlexNet(smallAlexNet()), smallLpips('alex')),
  dists: () => new Dists(smallVgg(), smallDists()),
  ...Object.fromEntries(ssimVariants.map((id) => [id, () => new SsimComparison(id)])),
};

function pictures(shape: Case['shape']): [tf.Tensor4D, tf.Tensor4D] {
  const x = tintedPictures(shape, 8);
  const noise = uniformOf('moved');
  const y = x.map((value, i) =>
    Math.min(1, Math.max(0, value + Math.fround(0.05) * Math.fround(2 * noise(i) - 1))),
  );
  return [tf.tensor4d(x, shape), tf.tensor4d(y, shape)];
}

/** Distances and the gradient of their sum with respect to the moved pictures. */
function measure(comparison: Comparison, x: tf.Tensor4D, y: tf.Tensor4D) {
  const originals = tf.tidy(() => comparison.features(x));
  const pass = record(() => comparison.distance(originals, comparison.features(y)), [y]);
  const ones = tf.onesLike(pass.output);
  const [gradient] = pass.pullback(ones, [y], { last: true });
  const result = {
    distances: Float32Array.from(pass.output.dataSync()),
    gradient: Float32Array.from(gradient?.dataSync() ?? []),
  };
  tf.dispose([...originals, ones, ...(gradient ? [gradient] : [])]);
  pass.dispose();
  return result;
}

const norm = (values: Float32Array): number =>
  Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));

eachEngine('measures of likeness', () => {
  for (const [id, { shape, ...expected }] of Object.entries(fixture)) {
    test(`${id} and its gradient are PyTorch’s`, () => {
      const comparison = (comparisons[id] as () => Comparison)();
      const [x, y] = pictures(shape);
      const { distances, gradient } = measure(comparison, x, y);
      expected.distances.forEach((want, i) => {
        // Measured: see the fixture's own float32 errors; sums of some thousand float32 products.
        expect(Math.abs((distances[i] ?? NaN) / want - 1), `distance ${i}`).toBeLessThan(1e-4);
      });
      expect(Math.abs(norm(gradient) / expected.norm - 1)).toBeLessThan(1e-4);
      const typical = expected.norm / Math.sqrt(gradient.length);
      for (const [at, want] of expected.samples) {
        const allowed = 1e-3 * (typical + Math.abs(want));
        expect(Math.abs((gradient[at] ?? NaN) - want), `value ${at}`).toBeLessThan(allowed);
      }
      tf.dispose([x, y]);
      comparison.dispose();
    });

    test(`${id} of a picture and itself is 0 with a finite gradient, and leaves no tensor behind`, () => {
      const before = tf.memory().numTensors;
      const comparison = (comparisons[id] as () => Comparison)();
      const [x, y] = pictures(shape);
      const { distances, gradient } = measure(comparison, x, x);
      // SSIM divides two float32 numbers that are equal but for rounding: some units of 2^-24.
      for (const distance of distances) expect(Math.abs(distance)).toBeLessThan(1e-6);
      expect(gradient.every(Number.isFinite)).toBe(true);
      tf.dispose([x, y]);
      comparison.dispose();
      expect(tf.memory().numTensors).toBe(before);
    });
  }

  test('the differentiable SSIM is the one that is reported', () => {
    const [a, b] = pair(64, 80, smooth, 0.04);
    const [x, y] = [a, b].map(({ data, height, width }) =>
      tf.tensor4d(data, [1, height, width, 3]),
    ) as [tf.Tensor4D, tf.Tensor4D];
    for (const variant of ssimVariants) {
      const comparison = new SsimComparison(variant);
      const { distances } = measure(comparison, x, y);
      // Local variances near .06 come from differences of float32 numbers near .3.
      expect(Math.abs(1 - (distances[0] ?? NaN) - ssim(a, b, variant))).toBeLessThan(1e-5);
      comparison.dispose();
    }
    tf.dispose([x, y]);
  });
});

const real = {
  alex: realData('weights', 'lpips-v0.1-alex.pth'),
  vgg: realData('weights', 'lpips-v0.1-vgg.pth'),
  dists: realData('weights', 'dists-weights.pt'),
};

test.skipIf(real.alex.missing || real.vgg.missing)(
  'the published linear layers of LPIPS are those of its trunks, and not negative',
  async () => {
    for (const [file, channels] of [
      [real.alex, [64, 192, 384, 256, 256]],
      [real.vgg, [64, 128, 256, 512, 512]],
    ] as const) {
      const { tensors } = await readWeights(file.path);
      channels.forEach((count, i) => {
        const data = tensors.get(`lin${i}.model.1.weight`)?.data ?? [];
        expect(data).toHaveLength(count);
        expect(Math.min(...data)).toBeGreaterThanOrEqual(0);
      });
    }
  },
);

test.skipIf(real.dists.missing)(
  'the published alpha and beta of DISTS are not negative',
  async () => {
    const { tensors } = await readWeights(real.dists.path);
    for (const name of ['alpha', 'beta']) {
      const data = tensors.get(name)?.data ?? [];
      expect(data).toHaveLength(1475);
      expect(Math.min(...data)).toBeGreaterThanOrEqual(0);
    }
  },
);
