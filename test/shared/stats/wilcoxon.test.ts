import { describe, expect, test } from 'vitest';
import { holm, wilcoxon } from '@shared/stats/wilcoxon';

/** Differences in height of cross- and self-fertilised maize plants, eighths of an inch (Darwin, 1876). */
const darwin = [6, 8, 14, 16, 23, 24, 28, 29, 41, -48, 49, 56, 60, -67, 75];

describe("Wilcoxon's signed-rank test", () => {
  test("of Darwin's maize: W = 24 and an exact p of 0.0413 (example of SciPy 1.17's manual)", () => {
    // Counting subsets is exact in float64: the p-value is a multiple of 2^-14.
    expect(wilcoxon(darwin)).toEqual({
      plus: 96,
      minus: 24,
      n: 15,
      zeros: 0,
      p: 0.041259765625,
      method: 'exact',
    });
  });

  test('leaves zeros out and averages tied ranks (SciPy 1.17, asymptotic, zero_method "wilcox")', () => {
    const tied = [1.5, -1.5, 2, 2, -3, 0, 0, 4, 5, -5, 6, 7.5, 8, 8, -8.5, 9, 10];
    const result = wilcoxon(tied);
    expect(result).toMatchObject({ minus: 27, n: 15, zeros: 2, method: 'normal' });
    // Twelve digits of SciPy's value.
    expect('p' in result && result.p).toBeCloseTo(0.060684479491506384, 12);
  });

  test('of more than 50 differences uses the normal approximation (SciPy 1.17: W 623, p 0.03159)', () => {
    const many = Array.from({ length: 60 }, (_, i) => ((i * 37) % 101) / 10 - 4.1);
    const result = wilcoxon(many);
    expect(result).toMatchObject({ n: 60, method: 'normal' });
    expect('plus' in result && Math.min(result.plus, result.minus)).toBe(623);
    expect('p' in result && result.p).toBeCloseTo(0.03158781239902878, 12);
  });

  test('all differences of one sign have the smallest p there is: 2 / 2^n', () => {
    expect(wilcoxon([1, 2, 3, 4, 5, 6])).toMatchObject({ p: 2 / 2 ** 6, minus: 0 });
  });

  test('is symmetric in the sign', () => {
    const other = wilcoxon(darwin.map((difference) => -difference));
    expect(other).toMatchObject({ plus: 24, minus: 96, p: 0.041259765625 });
  });

  test('says why there is none', () => {
    expect(wilcoxon([])).toEqual({ value: null, reason: 'no images' });
    expect(wilcoxon([0, 0])).toEqual({ value: null, reason: 'no image differs' });
    expect(() => wilcoxon([1, NaN])).toThrow(/finite/);
  });
});

describe("Holm's correction", () => {
  test('multiplies the smallest p by the number of tests and never falls after', () => {
    // By hand: 0.01 x 4, 0.02 x 3, then 0.03 x 2 = 0.06 and 0.04 x 1 raised to 0.06.
    expect(holm([0.04, 0.01, 0.03, 0.02]).map((p) => Number(p.toFixed(10)))).toEqual([
      0.06, 0.04, 0.06, 0.06,
    ]);
    expect(holm([0.6, 0.9])).toEqual([1, 1]);
    expect(holm([])).toEqual([]);
  });
});
