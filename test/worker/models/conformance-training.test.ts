import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { loadEngine, record } from '../../../src/worker/engine';
import { models } from '../../../src/worker/models';
import type { ForwardContext } from '../../../src/worker/models';
import { computeStep } from '../../../src/worker/training';
import { losses } from '../../../src/worker/training/losses';
import { eachEngine, hasEngine } from '../../helpers/engines';
import { buildSmall, evaluation, norm, pictures, trainBriefly } from '../../helpers/miniature';
import { expectAllClose, expectNoLeak } from '../../helpers/tensors';

/**
 * How far the losses of a few steps without NT may differ between engines, where it is more than 1e-5 of the loss.
 * Measured: 1.3e-5 for EfficientNet-Lite0; 5e-4 for HyperIQA, whose trunk has 50 layers and makes another network's weights.
 */
const plainBounds: Readonly<Partial<Record<string, number>>> = {
  'efficientnet-lite0': 1e-4,
  hyperiqa: 2e-3,
};

describe.each([...models.all.values()])('model $id, trained', (def) => {
  eachEngine('conforms', () => {
    test.each([
      ['without', null],
      ['with', norm],
    ])('a few full-batch steps %s NT lower the loss and leave no tensor', (_name, nt) => {
      expectNoLeak(() => {
        const model = buildSmall(def);
        const totals = trainBriefly(def, model, nt);
        expect(totals.at(-1)).toBeLessThan(totals[0] ?? 0);
        model.dispose();
      });
    });

    test('computing activations twice changes no loss and no statistic, and gradients by rounding only', () => {
      const taken = [false, true].map((recompute) => {
        const model = buildSmall(def);
        const x = pictures(def, 3);
        const settings = {
          loss: losses.find('mse'),
          norm,
          scale: def.labScale,
          seed: 1,
          recompute,
        };
        const { gradients, total } = computeStep(
          model,
          x,
          Float32Array.of(20, 50, 80),
          settings,
          0,
        );
        const values = [...gradients].map(([name, gradient]) => {
          const own = gradient?.dataSync<'float32'>().slice() ?? null;
          gradient?.dispose();
          return [name, own] as const;
        });
        const state = model.stateDict();
        x.dispose();
        model.dispose();
        return { total, values, state };
      });
      const [kept, twice] = taken;
      expect(twice?.total).toBe(kept?.total);
      expect(twice?.state).toEqual(kept?.state);
      const largest = (values: Float32Array | null): number =>
        values?.reduce((most, value) => Math.max(most, Math.abs(value)), 0) ?? 0;
      const overall = Math.max(...(kept?.values ?? []).map(([, own]) => largest(own)));
      for (const [i, [name, own]] of (kept?.values ?? []).entries()) {
        const again = twice?.values[i]?.[1] ?? null;
        expect(again === null, name).toBe(own === null);
        // Gradients that meet at a block's input are added in another order: float32 rounding of their size, or, where
        // they cancel (a bias before softmax), of the size of what cancels.
        const atol = 1e-4 * largest(own) + 1e-7 * overall;
        expectAllClose(again ?? [], own ?? [], { rtol: 0, atol });
      }
    });

    test('recomputing activations changes neither scores nor gradients', () => {
      expectNoLeak(() => {
        const model = buildSmall(def);
        const x = pictures(def, 2);
        const leaves = [x, ...model.parameters().values()];
        const run = (recompute: boolean): number[] => {
          const how: ForwardContext = { ...evaluation, training: true, batchNorm: 'batch-frozen' };
          const pass = record(() => model.forward(x, { ...how, recompute }), leaves);
          const dy = tf.onesLike(pass.output);
          const gradients = pass.pullback(dy, leaves, { last: true });
          const sizes = gradients.map((gradient) =>
            gradient ? (tf.tidy(() => tf.norm(gradient).dataSync()[0]) ?? Number.NaN) : -1,
          );
          const scores = [...pass.output.dataSync()];
          tf.dispose([dy, ...gradients.filter((gradient) => gradient !== null)]);
          pass.dispose();
          return [...scores, ...sizes];
        };
        const plain = run(false);
        // Blocks run twice, nothing else; where a block's input goes elsewhere too, three cotangents are added in another
        // order. Weights whose gradient is rounding alone count against the largest.
        expectAllClose(run(true), plain, { rtol: 1e-5, atol: 1e-6 * Math.max(...plain) });
        x.dispose();
        model.dispose();
      });
    });
  });

  // Float32 sums in other orders agree to 1e-6 of the loss (measured over 20 steps of CNNIQA). Adam turns even a gradient
  // near 0 into a whole step in the direction of its sign, and a ReLU near 0 may switch: the deep trunks need more room.
  // The norm term divides a difference of scores by h = 0.01 and follows such signs too: 1e-3 after six steps.
  test.skipIf(!hasEngine('cpu') || !hasEngine('wasm')).each([
    ['without', null, plainBounds[def.id] ?? 1e-5],
    ['with', norm, 5e-3],
  ])('trains %s NT to the same losses on cpu and wasm', async (_name, nt, rtol) => {
    const totals: number[][] = [];
    for (const engine of ['cpu', 'wasm'] as const) {
      await loadEngine(engine);
      const model = buildSmall(def);
      totals.push(trainBriefly(def, model, nt));
      model.dispose();
    }
    const [cpu, wasm] = totals as [number[], number[]];
    expectAllClose(wasm, cpu, { rtol, atol: 0 });
  });
});
