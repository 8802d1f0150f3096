import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { ParamSpec, checkValues, defaultValues } from '@shared/params';
import type { ParamValues } from '@shared/params';
import * as v from 'valibot';
import { loadEngine, record } from '../../../src/worker/engine';
import { models } from '../../../src/worker/models';
import type { ForwardContext, Model, ModelDef } from '../../../src/worker/models';
import { computeStep, ntSpecs, weightsSha256 } from '../../../src/worker/training';
import type { NormSettings } from '../../../src/worker/training';
import { plainPlan, totalEpochs } from '../../../src/worker/training/stages';
import { losses } from '../../../src/worker/training/losses';
import { optimizers } from '../../../src/worker/training/optimizers';
import { viewShapes } from '../../../src/worker/data/views';
import { trainerSpecsOf } from '../../../src/worker/trainer-specs';
import { eachEngine, hasEngine } from '../../helpers/engines';
import { centralDifferences, expectAllClose, expectNoLeak, uniforms } from '../../helpers/tensors';

const evaluation: ForwardContext = { training: false, seed: 0, step: 0, batchNorm: 'running' };
const norm: NormSettings = {
  lambda: 1e-4,
  h: 0.01,
  space: 'normalised',
  half: true,
  batchNorm: 'batch-frozen',
  sharedPass: true,
};

/** The settings every test builds: a network small enough for a test, of the published structure. */
function small(def: ModelDef): ParamValues {
  return { ...defaultValues(def.params), ...def.miniature };
}

function build(def: ModelDef, seed = 1): Model {
  return def.build(small(def), seed);
}

/**
 * Smooth random pictures of the size the model scores: blobs, so that neighbouring pixels are alike. A model of whole
 * pictures takes any size, so it gets a small one.
 */
function pictures(def: ModelDef, count: number, seed = 1): tf.Tensor4D {
  const trainer = defaultValues(trainerSpecsOf(def), def.recipe.trainer);
  const { train } = viewShapes(def.views(small(def), trainer));
  const [height, width] = train.kind === 'crop' ? [train.height, train.width] : [64, 64];
  return tf.tidy(() => {
    const coarse = uniforms<tf.Rank.R4>([count, 8, 8, 3], seed);
    const fine = uniforms<tf.Rank.R4>([count, height, width, 3], seed + 1);
    const smooth = tf.image.resizeBilinear(coarse, [height, width]);
    return tf.clipByValue(tf.add(tf.mul(smooth, 0.8), tf.mul(fine, 0.2)), 0, 1);
  });
}

/**
 * How far the losses of a few steps without NT may differ between engines, where it is more than 1e-5 of the loss.
 * Measured: 1.3e-5 for EfficientNet-Lite0; 5e-4 for HyperIQA, whose trunk has 50 layers and makes another network's weights.
 */
const plainBounds: Readonly<Partial<Record<string, number>>> = {
  'efficientnet-lite0': 1e-4,
  hyperiqa: 2e-3,
};

/** Small enough for the first, coherent steps of Adam on wide layers not to overshoot. */
const RATE = 1e-4;

/** A few full-batch steps; returns the total loss before each. */
function trainBriefly(def: ModelDef, model: Model, nt: NormSettings | null): number[] {
  const optimizer = optimizers
    .find('adam')
    .build([{ parameters: model.parameters(), learningRate: RATE, weightDecay: 0 }], {});
  const x = pictures(def, 8);
  const y = Float32Array.of(10, 20, 30, 40, 50, 60, 70, 80);
  const settings = { loss: losses.find('mse'), norm: nt, scale: def.labScale, seed: 1 };
  const totals = Array.from({ length: 6 }, (_, step) => {
    const { gradients, total } = computeStep(model, x, y, settings, step);
    optimizer.step(gradients, 1);
    tf.dispose([...gradients.values()].filter((gradient) => gradient !== null));
    return total;
  });
  x.dispose();
  optimizer.dispose();
  return totals;
}

describe.each([...models.all.values()])('model $id', (def) => {
  test('describes itself completely, with settings that exist', () => {
    for (const text of [def.title, def.citation, def.summary]) expect(text).not.toBe('');
    for (const spec of def.params) expect(v.is(ParamSpec, spec)).toBe(true);
    expect(() => checkValues(def.id, def.params, {})).not.toThrow();
    expect(() => checkValues(def.id, def.params, def.miniature ?? {})).not.toThrow();
    expect(() => checkValues(def.id, trainerSpecsOf(def), def.recipe.trainer)).not.toThrow();
    expect(() => checkValues(def.id, ntSpecs(def), def.recipe.nt)).not.toThrow();
    // Every value is known to the form: the plan's length is the sum the host shows.
    const trainer = checkValues(def.id, trainerSpecsOf(def), {}, def.recipe.trainer);
    const stated = (def.recipe.epochSettings ?? ['epochs']).map((id) => Number(trainer[id]));
    const planned = (def.recipe.plan ?? plainPlan)(trainer);
    expect(totalEpochs(planned)).toBe(stated.reduce((a, b) => a + b, 0));
    for (const preset of def.presets) {
      expect(() => checkValues(def.id, def.params, preset.model)).not.toThrow();
      expect(() => checkValues(def.id, trainerSpecsOf(def), preset.trainer)).not.toThrow();
      expect(() => checkValues(def.id, ntSpecs(def), preset.nt)).not.toThrow();
    }
  });

  eachEngine('conforms', () => {
    test('one finite native score per view, near the middle of the lab scale at first', () => {
      expectNoLeak(() => {
        const model = build(def);
        const x = pictures(def, 3);
        const score = tf.tidy(() => {
          const y = model.forward(x, evaluation);
          expect([y.shape, y.dtype]).toEqual([[3], 'float32']);
          return y.dataSync();
        });
        for (const value of score) {
          const lab = def.labScale.scale * value + def.labScale.offset;
          expect(lab).toBeGreaterThan(-50);
          expect(lab).toBeLessThan(150);
        }
        x.dispose();
        model.dispose();
      });
    });

    test('every parameter is in the state dict under its name, and gets a gradient unless idle', () => {
      const model = build(def);
      const state = model.stateDict();
      const parameters = [...model.parameters()];
      for (const [name, variable] of parameters) {
        expect(state.get(name)?.data.length).toBe(variable.size);
      }
      const x = pictures(def, 4);
      const training: ForwardContext = { ...evaluation, training: true, batchNorm: 'batch' };
      const pass = record(
        (): tf.Tensor => model.heads?.(x, training) ?? model.forward(x, training),
        parameters.map(([, variable]) => variable),
      );
      const dy = tf.tidy(() =>
        tf.add(tf.zerosLike(pass.output), tf.tensor([1, -2, 3, 4], model.heads ? [4, 1] : [4])),
      );
      const gradients = pass.pullback(
        dy,
        parameters.map(([, variable]) => variable),
        { last: true },
      );
      gradients.forEach((gradient, i) => {
        const name = parameters[i]?.[0] ?? '';
        const idle = model.idle?.some((prefix) => name.startsWith(prefix)) ?? false;
        expect(gradient === null, name).toBe(idle);
      });
      tf.dispose([x, dy, ...gradients.filter((gradient) => gradient !== null)]);
      pass.dispose();
      model.dispose();
    });

    test('the state dict goes to another instance and back bit by bit', () => {
      const [source, target] = [build(def, 1), build(def, 2)];
      expect(weightsSha256(target.stateDict())).not.toBe(weightsSha256(source.stateDict()));
      target.loadStateDict(source.stateDict());
      expect(target.stateDict()).toEqual(source.stateDict());
      source.dispose();
      target.dispose();
    });

    test.each([
      ['without', null],
      ['with', norm],
    ])('a few full-batch steps %s NT lower the loss and leave no tensor', (_name, nt) => {
      expectNoLeak(() => {
        const model = build(def);
        const totals = trainBriefly(def, model, nt);
        expect(totals.at(-1)).toBeLessThan(totals[0] ?? 0);
        model.dispose();
      });
    });

    test('computing activations twice changes no loss and no statistic, and gradients by rounding only', () => {
      const taken = [false, true].map((recompute) => {
        const model = build(def);
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

    test('the input gradient predicts small changes of the score', () => {
      const model = build(def);
      const x = pictures(def, 1);
      const pass = record(() => model.forward(x, evaluation), [x]);
      const one = tf.tensor1d([1]);
      const [gradient] = pass.pullback(one, [x], { last: true });
      const slopes = (gradient as tf.Tensor).dataSync<'float32'>();
      const largest = slopes.reduce(
        (best, value, i) => (Math.abs(value) > Math.abs(slopes[best] ?? 0) ? i : best),
        0,
      );
      const positions = [largest, 0, Math.floor(slopes.length / 2), slopes.length - 1];
      const step = 1e-3;
      const score = (at: tf.Tensor): number =>
        tf.tidy(() => model.forward(at as tf.Tensor4D, evaluation).dataSync()[0] ?? Number.NaN);
      const numeric = centralDifferences(score, x, positions, step);
      // Scores of about 0.5 carry 3e-8 of rounding: 3e-5 after division by the step; the rest is curvature and kinks
      // (ReLU, maxima) within the step, a few per cent of the largest slope.
      const size = Math.abs(slopes[largest] ?? 0);
      expectAllClose(
        positions.map((p) => slopes[p] ?? Number.NaN),
        numeric,
        { rtol: 0.05, atol: 0.02 * size + 1e-4 },
      );
      expect(size).toBeGreaterThan(0);
      tf.dispose([x, one, gradient as tf.Tensor]);
      pass.dispose();
      model.dispose();
    });

    test('recomputing activations changes neither scores nor gradients', () => {
      expectNoLeak(() => {
        const model = build(def);
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

    test.skipIf(!def.mapped)(
      'its scores follow the lines it is given, and none once they are taken away',
      () => {
        const model = build(def);
        const x = pictures(def, 2);
        const score = (): number[] => tf.tidy(() => [...model.forward(x, evaluation).dataSync()]);
        const heads = tf.tidy(() => model.heads?.(x, evaluation).shape[1] ?? 0);
        expect(model.mapping?.get()).toEqual([]);
        const native = score();
        const lines = Array.from({ length: heads }, (_, i) => ({ scale: 2, offset: 3 + i }));
        model.mapping?.set(lines);
        expect(model.mapping?.get()).toEqual(lines);
        // Float32 rounding of the mapped scores.
        expectAllClose(
          score(),
          native.map((value) => 2 * value + 3),
          { rtol: 1e-6, atol: 1e-6 },
        );
        model.mapping?.set([]);
        expect(model.mapping?.get()).toEqual([]);
        expect(score()).toEqual(native);
        x.dispose();
        model.dispose();
      },
    );

    test('an evaluation is repeatable and leaves the model alone', () => {
      const model = build(def);
      const before = weightsSha256(model.stateDict());
      const x = pictures(def, 2);
      const score = (): Float32Array =>
        tf.tidy(() => model.forward(x, evaluation).dataSync<'float32'>().slice());
      expect(score()).toEqual(score());
      expect(weightsSha256(model.stateDict())).toBe(before);
      x.dispose();
      model.dispose();
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
      const model = build(def);
      totals.push(trainBriefly(def, model, nt));
      model.dispose();
    }
    const [cpu, wasm] = totals as [number[], number[]];
    expectAllClose(wasm, cpu, { rtol, atol: 0 });
  });
});
