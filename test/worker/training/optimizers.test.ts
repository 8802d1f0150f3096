import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { defaultValues } from '@shared/params';
import { optimizers } from '../../../src/worker/training/optimizers';
import type { Optimizer } from '../../../src/worker/training/optimizers';
import { schedules } from '../../../src/worker/training/schedules';
import { eachEngine } from '../../helpers/engines';
import { expectAllClose, expectNoLeak } from '../../helpers/tensors';

function weights(values: number[]): tf.Variable {
  const initial = tf.tensor1d(values);
  const variable = tf.variable(initial);
  initial.dispose();
  return variable;
}

function build(id: string, p: tf.Variable, learningRate: number, weightDecay: number): Optimizer {
  const def = optimizers.find(id);
  return def.build(
    [{ parameters: new Map([['p', p]]), learningRate, weightDecay }],
    defaultValues(def.params),
  );
}

function take(optimizer: Optimizer, gradient: number[] | null): void {
  const tensor = gradient && tf.tensor1d(gradient);
  optimizer.step(new Map([['p', tensor]]), 1);
  tensor?.dispose();
}

eachEngine('optimisers', () => {
  // Golden figures of the specification, section 8, produced by torch 2.13.
  test('Adam with coupled decay equals PyTorch', () => {
    expectNoLeak(() => {
      const p = weights([1, -2]);
      const optimizer = build('adam', p, 0.01, 0.5);
      take(optimizer, [0.5, 0.1]);
      // rtol 2e-7: one float32 rounding of the result.
      expectAllClose(p, [0.9900000001, -1.9900000001], { rtol: 2e-7, atol: 0 });
      take(optimizer, [0.2, -0.3]);
      expectAllClose(p, [0.9802504244, -1.9800657394], { rtol: 2e-7, atol: 0 });
      optimizer.dispose();
      tf.dispose([p]);
    });
  }, 20_000);

  test('SGD keeps momentum 0.9 and adds the decay to the gradient', () => {
    const p = weights([1]);
    const optimizer = build('sgd', p, 0.1, 0.5);
    take(optimizer, [1]);
    // b = 1 + 0.5 = 1.5, p = 1 - 0.15 = 0.85; then b = 1.35 + 2 + 0.425 = 3.775, p = 0.85 - 0.3775.
    take(optimizer, [2]);
    expectAllClose(p, [0.4725], { rtol: 3e-7, atol: 0 });
    optimizer.dispose();
    p.dispose();
  });

  test.each([...optimizers.all.keys()])(
    '%s skips a parameter without gradient, decay included',
    (id) => {
      const p = weights([1, 2]);
      const optimizer = build(id, p, 0.1, 0.5);
      take(optimizer, null);
      expectAllClose(p, [1, 2], { rtol: 0, atol: 0 });
      expect(optimizer.state().size).toBe(0);
      optimizer.dispose();
      p.dispose();
    },
  );

  test.each([...optimizers.all.keys()])(
    '%s continues with the same bits from its stored state',
    (id) => {
      expectNoLeak(() => {
        const [p, q] = [weights([1, 2]), weights([0, 0])];
        const first = build(id, p, 0.1, 0.01);
        take(first, [0.3, -0.7]);
        take(first, [0.1, 0.2]);
        const second = build(id, q, 0.1, 0.01);
        q.assign(p);
        second.load(first.state());
        for (const optimizer of [first, second]) take(optimizer, [-0.4, 0.9]);
        expectAllClose(q, p, { rtol: 0, atol: 0 });
        expect(second.state()).toEqual(first.state());
        for (const optimizer of [first, second]) optimizer.dispose();
        tf.dispose([p, q]);
      });
    },
  );

  test.each([...optimizers.all.keys()])(
    '%s refuses state of another model, keeping its own',
    (id) => {
      const p = weights([1, 2]);
      const optimizer = build(id, p, 0.1, 0);
      take(optimizer, [1, 1]);
      const before = optimizer.state();
      const moment = { shape: [3], data: new Float32Array(3) };
      expect(() => optimizer.load(new Map([['p/m', moment]]))).toThrow('"p/m" does not belong');
      expect(() => optimizer.load(new Map([['q/m', moment]]))).toThrow('"q/m" does not belong');
      expect(optimizer.state()).toEqual(before);
      optimizer.dispose();
      p.dispose();
    },
  );
});

describe('schedules', () => {
  const at = (step: number, epoch = 0) => ({ step, epoch, totalSteps: 200 });

  // Golden figures of the specification, section 8 (torch's CosineAnnealingLR), base 1e-5, period 50.
  test.each([
    [0, 1e-5],
    [1, 9.990134e-6],
    [25, 5e-6],
    [49, 9.866358e-9],
    [50, 0],
    [75, 5e-6],
    [100, 1e-5],
    [119, 6.840623e-6],
  ])('cosine per step: step %d has rate %d', (step, rate) => {
    const factor = schedules.find('cosine').factor(at(step), { cosinePeriod: 50 });
    // Seven digits are published.
    expect(Math.abs(1e-5 * factor - rate)).toBeLessThan(1e-6 * rate + 1e-14);
  });

  test('without a period the cosine ends with the training', () => {
    const cosine = schedules.find('cosine');
    expect(cosine.factor(at(200), { cosinePeriod: 0 })).toBe(0);
    expect(cosine.factor(at(100), { cosinePeriod: 0 })).toBeCloseTo(0.5, 12);
  });

  test('a period in epochs holds the rate within each', () => {
    const cosine = schedules.find('cosine');
    const values = { cosinePeriod: 4, cosineUnit: 'epochs' };
    const factors = [0, 1, 2, 4, 6].map((epoch) => cosine.factor(at(17, epoch), values));
    [1, 0.5 + Math.SQRT1_2 / 2, 0.5, 0, 0.5].forEach((factor, i) =>
      expect(factors[i]).toBeCloseTo(factor, 12),
    );
  });

  test('steps multiply at every stage; constant stays', () => {
    const values = { stepEvery: 6, stepFactor: 0.5 };
    const factors = [0, 5, 6, 12].map((epoch) =>
      schedules.find('step').factor(at(0, epoch), values),
    );
    expect(factors).toEqual([1, 1, 0.5, 0.25]);
    expect(schedules.find('constant').factor(at(77, 3), {})).toBe(1);
  });
});
