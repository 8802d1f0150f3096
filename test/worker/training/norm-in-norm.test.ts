import { describe, expect, test } from 'vitest';
import { defaultValues } from '@shared/params';
import { losses } from '../../../src/worker/training/losses';
import { normInNorm } from '../../../src/worker/training/losses/norm-in-norm/loss';
import { disorder } from '../../../src/worker/training/losses/norm-in-norm/order';
import { plcc } from '@shared/stats/plcc';

const scores = Float64Array.of(0.1, 0.4, -0.2, 0.3);
const ratings = Float64Array.of(30, 60, 20, 80);
const usual = { p: 1, q: 2, plain: 1, variant: 0, detach: false };

describe('norm-in-norm', () => {
  // Produced by the released LinearityIQA code in float64 (torch 2.13); nine decimals are printed.
  test.each([
    [1, 2, 1, 0, false, 0.270632127, [0.597501352, 0.285761522, -0.181848246, -0.701414628]],
    [1, 2, 1, 0, true, 0.270632127, [0.545544714, 0.545544714, -0.545544714, -0.545544714]],
    [1, 2, 0, 1, false, 0.237112042, [0.374981698, 0.146783649, -0.120635958, -0.40112939]],
    [1, 2, 1, 0.1, false, 0.267584847, [0.577272293, 0.27312717, -0.176283492, -0.67411597]],
    [2, 2, 1, 0, false, 0.076804163, [0.299559464, 0.217861431, -0.076251503, -0.441169392]],
    [1, 1, 1, 0, false, 0.305555552, [0.937499984, 0.3125, -0.3125, -0.937499984]],
    [2, 1, 1, 0, false, 0.023775077, [0.126953121, 0.064019097, -0.03797743, -0.152994788]],
  ])(
    'p %d, q %d, weights %d and %d, held constant %s: equals the released code',
    (p, q, plain, variant, detach, value, gradient) => {
      const got = normInNorm(scores, ratings, { p, q, plain, variant, detach });
      // Half a unit of the last printed decimal, and as much again for the last bits of float64.
      expect(Math.abs(got.value - value)).toBeLessThan(1e-9);
      gradient.forEach((slope, i) =>
        expect(Math.abs((got.gradient[i] ?? NaN) - slope)).toBeLessThan(1e-9),
      );
    },
  );

  test('is (1 - PLCC) / 2 where both exponents are 2', () => {
    const { value } = normInNorm(scores, ratings, { ...usual, p: 2 });
    // Golden figure of the specification, section 8.
    expect(plcc(scores, ratings).value).toBeCloseTo(0.8463916701, 10);
    // The two differ by eps = 1e-8 in the lengths.
    expect(value).toBeCloseTo((1 - (plcc(scores, ratings).value ?? NaN)) / 2, 7);
  });

  test.each([
    [1.5, 2, 1, 0],
    [2, 3, 0.5, 0.5],
    [1, 1.5, 1, 1],
  ])(
    'p %d, q %d, weights %d and %d: its slope equals central differences',
    (p, q, plain, variant) => {
      const shape = { p, q, plain, variant, detach: false };
      const { gradient } = normInNorm(scores, ratings, shape);
      const step = 1e-5;
      scores.forEach((score, i) => {
        const at = (offset: number): number =>
          normInNorm(scores.with(i, score + offset), ratings, shape).value;
        // Third derivatives times step^2, and 1e-16 / step of rounding.
        expect(Math.abs((gradient[i] ?? NaN) - (at(step) - at(-step)) / (2 * step))).toBeLessThan(
          1e-7,
        );
      });
    },
  );

  test('a batch of one, and scores that are all equal, push nowhere', () => {
    const one = normInNorm(Float64Array.of(3), Float64Array.of(50), usual);
    expect(one).toEqual({ value: 0, gradient: Float64Array.of(0) });
    const equal = normInNorm(new Float64Array(4).fill(7), ratings, usual);
    expect(equal.value).toBeGreaterThan(0);
    expect([...equal.gradient]).toEqual([0, 0, 0, 0]);
  });

  test('does not care for scale and origin of the scores', () => {
    const moved = normInNorm(
      scores.map((score) => 20 * score + 50),
      ratings,
      usual,
    );
    // eps = 1e-8 beside lengths of 0.5 and 10.
    expect(moved.value).toBeCloseTo(normInNorm(scores, ratings, usual).value, 7);
  });
});

describe('the term of order', () => {
  test('equals the released code, and its slope central differences', () => {
    const { value, gradient } = disorder(scores, ratings, false);
    expect(value).toBeCloseTo(0.0151515152, 10);
    const step = 1e-6;
    scores.forEach((score, i) => {
      const at = (offset: number): number =>
        disorder(scores.with(i, score + offset), ratings, false).value;
      expect(Math.abs((gradient[i] ?? NaN) - (at(step) - at(-step)) / (2 * step))).toBeLessThan(
        1e-8,
      );
    });
  });

  test('is nothing where the order is right, and for one picture', () => {
    expect(disorder(ratings, ratings, false).value).toBe(0);
    expect(disorder(Float64Array.of(1), Float64Array.of(2), false).value).toBe(0);
  });
});

describe('over heads', () => {
  const loss = losses.find('norm-in-norm');
  const values = defaultValues(loss.params);
  // Heads alternate in memory: [fused, second] per picture.
  const two = Float32Array.from([...scores].flatMap((score, i) => [score, (i * 7) % 4]));
  const target = Float32Array.from(ratings);

  test('weighs the first with 1 and the others with their own weight', () => {
    const first = normInNorm(Float64Array.from(scores, Math.fround), ratings, usual);
    const second = normInNorm(Float64Array.of(0, 3, 2, 1), ratings, usual);
    const { value, gradient } = loss.evaluate(two, target, values);
    expect(value).toBe(first.value + 0.1 * second.value);
    expect(gradient[2]).toBe(first.gradient[1]);
    expect(gradient[3]).toBe(0.1 * (second.gradient[1] ?? NaN));
  });

  test('adds the term of order where it has a weight', () => {
    const plain = loss.evaluate(Float32Array.from(scores), target, values);
    const ordered = loss.evaluate(Float32Array.from(scores), target, { ...values, ninOrder: 0.1 });
    // Scores rounded to float32.
    expect(ordered.value - plain.value).toBeCloseTo(0.00151515152, 8);
  });

  test('refuses predictions that are not a whole number of heads', () => {
    expect(() => loss.evaluate(Float32Array.of(1, 2, 3), target)).toThrow('every head');
  });
});
