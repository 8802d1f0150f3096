import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { LabError } from '@shared/errors';
import type { ForwardContext, Model } from '../../../src/worker/models';
import { computeStep, gradientNorms } from '../../../src/worker/training';
import type { NormSettings, StepSettings } from '../../../src/worker/training';
import { drawSides, lambdaAt, normTerm } from '../../../src/worker/training/gradient-norm';
import { losses } from '../../../src/worker/training/losses';
import { eachEngine } from '../../helpers/engines';
import { expectAllClose, expectNoLeak, uniforms } from '../../helpers/tensors';
import { LinearScorer, RidgeScorer, SmoothScorer } from './toy';

const norm: NormSettings = {
  lambda: 0.5,
  h: 0.01,
  space: 'normalised',
  half: true,
  batchNorm: 'batch-frozen',
  sharedPass: true,
};
const scale = { scale: 10, offset: 3 };
const settings: StepSettings = { loss: losses.find('mse'), norm, scale, seed: 1 };

function gradientValues(gradients: Map<string, tf.Tensor | null>): Map<string, Float32Array> {
  const values = new Map<string, Float32Array>();
  for (const [name, gradient] of gradients) {
    if (gradient) values.set(name, gradient.dataSync<'float32'>().slice());
    gradient?.dispose();
  }
  return values;
}

describe('the norm term', () => {
  test('value, estimate and derivative follow the formula', () => {
    // q = (2, -1) with h = 0.5: squares 4 and 1.
    const [clean, stepped] = [Float32Array.of(1, 5), Float32Array.of(2, 4.5)];
    const paper = normTerm(clean, stepped, { lambda: 0.1, h: 0.5, half: false });
    expect(paper.value).toBeCloseTo(0.25, 12);
    expect(paper.estimate).toBeCloseTo(1.5, 12);
    // 2 lambda q / (h n) = 0.2 q.
    expect([...paper.gradient]).toEqual([0.4, -0.2]);
    const released = normTerm(clean, stepped, { lambda: 0.1, h: 0.5, half: true });
    expect(released.value).toBeCloseTo(0.125, 12);
    expect(released.estimate).toBe(paper.estimate);
  });
});

test('lambda is whole from the first step, or grows to its value', () => {
  expect(lambdaAt({ lambda: 8 }, 0)).toBe(8);
  const grown = [0, 1, 2, 3, 4].map((step) => lambdaAt({ lambda: 8, rampSteps: 4 }, step));
  expect(grown).toEqual([2, 4, 6, 8, 8]);
});

describe('the side of the step', () => {
  test('is up for all in the paper, and drawn anew for each view and step otherwise', () => {
    expect(drawSides('up', { seed: 1, step: 0, n: 8 })).toBeUndefined();
    const draw = (step: number) => drawSides('either', { seed: 1, step, n: 64 });
    expect(new Set(draw(0))).toEqual(new Set([1, -1]));
    expect(draw(0)).toEqual(draw(0));
    expect(draw(1)).not.toEqual(draw(0));
  });
});

eachEngine('a score with a ridge at the picture', () => {
  test('looks flat from the step up the gradient alone, and does not where the side is drawn', () => {
    expectNoLeak(() => {
      // f = min(w * x, w * x0) at x0: no step can raise it, half of the sides lower it by h ||w||_1.
      const x = tf.fill<tf.Rank.R4>([16, 2, 2, 3], 0.5);
      const model = new RidgeScorer();
      const of = (side: 'up' | 'either') => {
        const step = computeStep(
          model,
          x,
          new Float32Array(16),
          { ...settings, norm: { ...norm, side } },
          0,
        );
        gradientValues(step.gradients);
        return step.normEstimate ?? Number.NaN;
      };
      expect(of('up')).toBe(0);
      const down = drawSides('either', { seed: 1, step: 0, n: 16 })?.filter((s) => s < 0).length;
      // 12 weights of 1/8 on a scale of 10; float32 rounding of a score of about 10, divided by h.
      expect(of('either')).toBeCloseTo((((down ?? 0) / 16) * 12 * 10) / 8, 3);
      x.dispose();
      model.dispose();
    });
  });
});

eachEngine('a linear scorer', () => {
  test.each([
    [undefined, [true, true]],
    [true, [true, true]],
    // The loss's own pass still drops; the two of the regulariser do not.
    [false, [true, false, false]],
  ] as const)('with dropout %s, passes run in training mode: %j', (dropout, expected) => {
    const seen: boolean[] = [];
    class Watched extends SmoothScorer {
      override forward(x: tf.Tensor4D, context: ForwardContext): tf.Tensor1D {
        seen.push(context.training);
        return super.forward(x, context);
      }
    }
    const model = new Watched(1);
    const x = uniforms<tf.Rank.R4>([2, 6, 6, 3]);
    const own = { ...settings, norm: { ...norm, dropout, sharedPass: dropout !== false } };
    const { gradients } = computeStep(model, x, Float32Array.of(1, 2), own, 0);
    tf.dispose([x, ...[...gradients.values()].filter((gradient) => gradient !== null)]);
    model.dispose();
    expect(seen).toEqual(expected);
  });

  test.each(['pixel', 'normalised'] as const)(
    'the finite difference equals the l1 norm of its weights, in %s space',
    (space) => {
      expectNoLeak(() => {
        const std = [0.5, 0.25, 2];
        const model = new LinearScorer(std);
        const weights = model.stateDict().get('head.weight')?.data ?? new Float32Array();
        const factor = (i: number): number => (space === 'pixel' ? 1 : (std[i % 3] ?? 0));
        const l1 = weights.reduce((sum, w, i) => sum + Math.abs(w) * factor(i), 0);
        const x = uniforms<tf.Rank.R4>([3, 2, 2, 3]);
        // A step of 1/2 keeps float32 cancellation small; for a linear scorer no step is too long.
        const { exactL1, estimate } = gradientNorms(model, x, { h: 0.5, space, scale: 100 });
        expectAllClose(
          exactL1,
          [l1, l1, l1].map((v) => 100 * v),
          { rtol: 1e-6, atol: 0 },
        );
        // The tolerance: float32 rounding of two scores of about 1, divided by h.
        expectAllClose(
          estimate,
          [l1, l1, l1].map((v) => 100 * v),
          { rtol: 1e-5, atol: 0 },
        );
        x.dispose();
        model.dispose();
      });
    },
  );

  test('one FGSM step changes the score by epsilon times the gradient’s l1 norm', () => {
    const model = new LinearScorer();
    const x = uniforms<tf.Rank.R4>([1, 2, 2, 3]);
    const { exactL1 } = gradientNorms(model, x, { h: 0.01, space: 'pixel' });
    tf.tidy(() => {
      const weights = model.stateDict().get('head.weight')?.data ?? new Float32Array();
      const direction = tf.sign(tf.tensor(weights, [1, 2, 2, 3]));
      const epsilon = 0.25;
      const moved: tf.Tensor4D = tf.add(x, tf.mul(direction, epsilon));
      const gain = tf.sub(model.forward(moved), model.forward(x)).dataSync()[0] ?? 0;
      // rtol 1e-5: float32 rounding of scores of about 1 against a change of about 0.4.
      expectAllClose([gain], [epsilon * (exactL1[0] ?? 0)], { rtol: 1e-5, atol: 0 });
    });
    x.dispose();
    model.dispose();
  });
});

/** The total loss as a plain function of the weights with the step's direction held fixed. */
function totalAt(model: Model, x: tf.Tensor4D, stepped: tf.Tensor4D, y: Float32Array): number {
  const context: ForwardContext = { training: true, seed: 1, step: 0, batchNorm: 'batch-frozen' };
  return tf.tidy(() => {
    const score = (at: tf.Tensor4D): Float32Array =>
      model
        .forward(at, context)
        .dataSync<'float32'>()
        .map((v) => scale.scale * v + scale.offset);
    const [p0, p1] = [score(x), score(stepped)];
    return settings.loss.evaluate(p0, y).value + normTerm(p0, p1, norm).value;
  });
}

/** The stepped input, by tf.grad instead of the tape. */
function steppedInput(model: Model, x: tf.Tensor4D): tf.Tensor4D {
  const context: ForwardContext = { training: true, seed: 1, step: 0, batchNorm: 'batch-frozen' };
  return tf.tidy(() => {
    const g = tf.grad((at) => tf.sum(model.forward(at as tf.Tensor4D, context)))(x);
    const unit = tf.tensor1d(model.normalisation.std.map((s) => s * norm.h));
    return tf.add(x, tf.mul(tf.sign(g), unit));
  });
}

eachEngine('the NT step of a model with batch norm', () => {
  const x = (): tf.Tensor4D => uniforms<tf.Rank.R4>([4, 6, 6, 3], 3);
  const y = Float32Array.of(1, 4, 2, 8);

  test('its parameter gradients equal tf.grads through both scores', () => {
    expectNoLeak(() => {
      const model = new SmoothScorer(2);
      const views = x();
      const parameters = [...model.parameters()];
      const got = gradientValues(computeStep(model, views, y, settings, 0).gradients);
      tf.tidy(() => {
        const stepped = steppedInput(model, views);
        const context: ForwardContext = {
          training: true,
          seed: 1,
          step: 0,
          batchNorm: 'batch-frozen',
        };
        const total = (): tf.Scalar => {
          const score = (at: tf.Tensor4D): tf.Tensor =>
            tf.add(tf.mul(model.forward(at, context), scale.scale), scale.offset);
          const p0 = score(views);
          const q = tf.div(tf.sub(score(stepped), p0), norm.h);
          const quality = tf.mean(tf.square(tf.sub(p0, tf.tensor1d(y))));
          return tf.add(quality, tf.mul(tf.mean(tf.square(q)), norm.lambda / 2));
        };
        const { grads } = tf.variableGrads(
          total,
          parameters.map(([, variable]) => variable),
        );
        for (const [name, variable] of parameters) {
          const expected = grads[variable.name] as tf.Tensor;
          // Same kernels; the cotangents are computed in double precision here and in float32 there, and the norm
          // term is a difference of scores divided by h, which amplifies float32 rounding (6e-8 * 10 / 0.01) to 1e-4.
          // A bias before batch norm has gradient 0: what is left of cancelling terms up to 100 is about 1e-5.
          const size = Math.max(...tf.abs(expected).dataSync());
          expectAllClose(got.get(name) ?? [], expected, { rtol: 2e-3, atol: 2e-3 * size + 1e-4 });
        }
      });
      views.dispose();
      model.dispose();
    });
  });

  test('its parameter gradients equal central differences with the direction held fixed', () => {
    const model = new SmoothScorer(2);
    const views = x();
    const stepped = steppedInput(model, views);
    const got = gradientValues(computeStep(model, views, y, settings, 0).gradients);
    for (const [name, at] of [
      ['head.weight', 1],
      ['conv.weight', 40],
      ['norm.weight', 2],
    ] as const) {
      const state = model.stateDict();
      const entry = state.get(name);
      const engineAt = model.parameters().get(name) as tf.Variable;
      const original = engineAt.dataSync<'float32'>().slice();
      const totalWith = (offset: number): number => {
        engineAt.assign(tf.tensor(original.with(at, (original[at] ?? 0) + offset), engineAt.shape));
        return totalAt(model, views, stepped, y);
      };
      const step = 2 ** -8;
      const numeric = (totalWith(step) - totalWith(-step)) / (2 * step);
      engineAt.assign(tf.tensor(original, engineAt.shape));
      expect(entry).toBeDefined();
      // Truncation is about step^2, rounding of the total (about 50) about 1e-5 / step.
      expectAllClose([got.get(name)?.[at] ?? Number.NaN], [numeric], { rtol: 1e-2, atol: 2e-2 });
    }
    tf.dispose([views, stepped]);
    model.dispose();
  });

  test('a pass of its own for the clean score gives the same loss and gradients as sharing it', () => {
    const model = new SmoothScorer(2);
    const views = x();
    const run = (sharedPass: boolean) =>
      computeStep(model, views, y, { ...settings, norm: { ...norm, sharedPass } }, 0);
    const [shared, apart] = [run(true), run(false)];
    expect(apart.total).toBe(shared.total);
    const [a, b] = [gradientValues(shared.gradients), gradientValues(apart.gradients)];
    // The same sum of cotangents, split over two passes: float32 rounding of terms up to 1e3.
    for (const [name, values] of a)
      expectAllClose(b.get(name) ?? [], values, { rtol: 1e-4, atol: 1e-3 });
    views.dispose();
    model.dispose();
  });

  test.each([
    ['batch, shared', 'batch', true, 2],
    ['batch, as released', 'batch', false, 3],
    ['batch-frozen', 'batch-frozen', true, 1],
    ['running', 'running', false, 1],
  ] as const)('%s: stored statistics move as stated', (_name, batchNorm, sharedPass, updates) => {
    const model = new SmoothScorer(2);
    const views = x();
    const { gradients } = computeStep(
      model,
      views,
      y,
      { ...settings, norm: { ...norm, batchNorm, sharedPass } },
      0,
    );
    gradientValues(gradients);
    expect(model.stateDict().get('norm.num_batches_tracked')?.data[0]).toBe(updates);
    views.dispose();
    model.dispose();
  });

  test('without NT the total is the quality loss and nothing is estimated', () => {
    expectNoLeak(() => {
      const model = new SmoothScorer(2);
      const views = x();
      const { gradients, ...result } = computeStep(model, views, y, { ...settings, norm: null }, 0);
      gradientValues(gradients);
      expect(result.total).toBe(result.qualityLoss);
      expect([result.normTerm, result.normEstimate]).toEqual([0, null]);
      views.dispose();
      model.dispose();
    });
  });

  test('a loss that is not finite is named before a gradient is computed, and frees everything', () => {
    const model = new SmoothScorer(2);
    const views = x();
    expectNoLeak(() => {
      const bad = y.with(1, Number.NaN);
      const failure = ((): unknown => {
        try {
          return computeStep(model, views, bad, settings, 41);
        } catch (error) {
          return error;
        }
      })();
      expect(failure).toBeInstanceOf(LabError);
      expect((failure as LabError).kind).toBe('non-finite');
      expect((failure as LabError).message).toBe(
        'training stopped at step 42: the quality loss is NaN',
      );
    });
    views.dispose();
    model.dispose();
  });
});
