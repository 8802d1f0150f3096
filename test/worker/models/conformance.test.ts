import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { ParamSpec, checkValues } from '@shared/params';
import * as v from 'valibot';
import { record } from '../../../src/worker/engine';
import { models } from '../../../src/worker/models';
import type { ForwardContext } from '../../../src/worker/models';
import { ntSpecs, weightsSha256 } from '../../../src/worker/training';
import { plainPlan, totalEpochs } from '../../../src/worker/training/stages';
import { trainerSpecsOf } from '../../../src/worker/trainer-specs';
import { eachEngine } from '../../helpers/engines';
import { buildSmall, evaluation, pictures } from '../../helpers/miniature';
import { centralDifferences, expectAllClose, expectNoLeak } from '../../helpers/tensors';

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
        const model = buildSmall(def);
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
      const model = buildSmall(def);
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
      const [source, target] = [buildSmall(def, 1), buildSmall(def, 2)];
      expect(weightsSha256(target.stateDict())).not.toBe(weightsSha256(source.stateDict()));
      target.loadStateDict(source.stateDict());
      expect(target.stateDict()).toEqual(source.stateDict());
      source.dispose();
      target.dispose();
    });

    test('the input gradient predicts small changes of the score', () => {
      const model = buildSmall(def);
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

    test.skipIf(!def.mapped)(
      'its scores follow the lines it is given, and none once they are taken away',
      () => {
        const model = buildSmall(def);
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
      const model = buildSmall(def);
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
});
