import { describe, expect, test } from 'vitest';
import { random } from '@shared/random';
import { krocc } from '@shared/stats/krocc';
import type { Measured, Vector } from '@shared/stats/measured';
import { plcc } from '@shared/stats/plcc';
import { rmse } from '@shared/stats/rmse';
import { averageRanks, srocc } from '@shared/stats/srocc';

/** Two short lists with ties in both; expected values from SciPy 1.17.1 (and by hand for tau-b). */
const x = [1, 2, 2, 3, 4, 5, 5, 7];
const y = [2, 1, 3, 3, 5, 4, 4, 9];
/** The references carry ten digits. */
const digits = 10;

const correlations: [string, (x: Vector, y: Vector) => Measured][] = [
  ['srocc', srocc],
  ['krocc', krocc],
  ['plcc', plcc],
];

describe('on a list with ties the measures equal SciPy', () => {
  test('SROCC uses average ranks, not the shortcut without ties (which gives 0.875)', () => {
    expect(srocc(x, y).value).toBeCloseTo(0.8719512195, digits);
    expect([...averageRanks(x)]).toEqual([1, 2.5, 2.5, 4, 5, 6.5, 6.5, 8]);
  });

  test('KROCC is tau-b, not tau-a (which gives 0.6785714286)', () => {
    expect(krocc(x, y).value).toBeCloseTo(0.7307692308, digits);
  });

  test('PLCC has the square root that the printed formula lacks', () => {
    expect(plcc(x, y).value).toBeCloseTo(0.8776513762, digits);
  });

  test('RMSE is in score points', () => {
    expect(rmse(x, y).value).toBeCloseTo(1.1180339887, digits);
  });
});

describe('properties of the correlations', () => {
  const stream = random(1, 'test/correlations');
  /** Rounded to quarters so that ties occur in both vectors. */
  const draw = (n: number): number[] =>
    Array.from({ length: n }, () => Math.round(stream.uniform(0, 8) * 4) / 4);

  test.each(correlations)('%s is 1 with itself, -1 with its negative and symmetric', (_, of) => {
    const a = draw(60);
    const b = draw(60);
    // Equal up to the order of summation: a few units in the last place.
    expect(of(a, a).value).toBeCloseTo(1, 12);
    expect(
      of(
        a,
        a.map((value) => -value),
      ).value,
    ).toBeCloseTo(-1, 12);
    expect(of(a, b).value).toBeCloseTo(of(b, a).value ?? NaN, 12);
  });

  test('KROCC by merge sort equals counting all pairs', () => {
    for (let n = 2; n <= 40; n++) {
      const a = draw(n);
      const b = draw(n);
      const counted = tauByCounting(a, b);
      const fast = krocc(a, b).value;
      if (counted === null) expect(fast).toBeNull();
      // Integers divided by two square roots: equal to a unit in the last place.
      else expect(fast).toBeCloseTo(counted, 14);
    }
  });

  test('rank correlations do not change under a monotone map of the scores', () => {
    const a = draw(50);
    const b = draw(50);
    const bent = a.map((value) => Math.exp(value / 3));
    expect(srocc(bent, b)).toEqual(srocc(a, b));
    expect(krocc(bent, b)).toEqual(krocc(a, b));
  });

  test('a common offset of a million costs PLCC no digits', () => {
    const shifted = x.map((value) => value + 1e6);
    // The offset itself rounds inputs to 1e-10.
    expect(plcc(shifted, y).value).toBeCloseTo(0.8776513762, 9);
  });
});

describe('where no correlation exists there is a reason, never 0 or NaN', () => {
  test.each(correlations)('%s of a constant vector is undefined', (_, of) => {
    // 0.1 has no exact binary form: subtracting a rounded mean would leave a tiny variance.
    expect(of([0.1, 0.1, 0.1], [1, 2, 3])).toEqual({
      value: null,
      reason: 'the first of the two is constant (0.1)',
    });
    expect(of([1, 2, 3], [5, 5, 5])).toMatchObject({ value: null });
  });

  test.each(correlations)('%s of one image or none is undefined', (_, of) => {
    expect(of([], [])).toEqual({ value: null, reason: 'no images' });
    expect(of([1], [2])).toEqual({ value: null, reason: 'one image only' });
  });

  test('RMSE of no images is undefined', () => {
    expect(rmse([], [])).toEqual({ value: null, reason: 'no images' });
  });

  test.each([...correlations, ['rmse', rmse] as const])(
    '%s refuses NaN, infinity and unequal lengths',
    (_, of) => {
      expect(() => of([1, NaN], [1, 2])).toThrow(/entry 1 must be a finite number, got NaN/);
      expect(() => of([1, 2], [1, Infinity])).toThrow(/got Infinity/);
      expect(() => of([1, 2], [1])).toThrow(/equally long, got 2 and 1/);
    },
  );
});

/** Tau-b from its definition, O(n^2). */
function tauByCounting(a: readonly number[], b: readonly number[]): number | null {
  let excess = 0;
  let untiedA = 0;
  let untiedB = 0;
  a.forEach((ai, i) => {
    for (let j = 0; j < i; j++) {
      const da = Math.sign(ai - (a[j] ?? 0));
      const db = Math.sign((b[i] ?? 0) - (b[j] ?? 0));
      excess += da * db;
      untiedA += da * da;
      untiedB += db * db;
    }
  });
  return untiedA === 0 || untiedB === 0 ? null : excess / Math.sqrt(untiedA * untiedB);
}
