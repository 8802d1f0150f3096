import { describe, expect, test } from 'vitest';
import { energyDistance, wasserstein } from '@shared/stats/distribution-distance';
import { absoluteGain, relativeGain } from '@shared/stats/gain';
import { meanInterval, type WithInterval } from '@shared/stats/mean-interval';
import { rangeUse } from '@shared/stats/range-use';
import { robustnessScore } from '@shared/stats/robustness-score';
import { energyScore, wassersteinScore } from '@shared/stats/signed-distance';
import { studentT } from '@shared/stats/student-t';

/** Eight made-up images, one unmoved. Expected values: NumPy 2.4.6 and SciPy 1.17.1, by their formulas. */
const before = [62.9, 30, 50, 90, 41.5, 77.25, 12, 55];
const after = [9.6, 55.4, 50, 80, 61, 70.5, 33, 20];

function close(found: WithInterval, value: number, low?: number, high?: number): void {
  if (found.value === null) throw new Error(`undefined: ${found.reason}`);
  // Sums of eight doubles, in another order than NumPy's.
  expect(found.value).toBeCloseTo(value, 12);
  if (low === undefined || high === undefined) return;
  expect(found.low).toBeCloseTo(low, 10);
  expect(found.high).toBeCloseTo(high, 10);
}

describe('the measures of the MSU benchmark', () => {
  test('are those of SciPy, with their t intervals', () => {
    close(
      absoluteGain(before, after),
      -0.06274038461538463,
      -0.36280321280407796,
      0.23732244357330873,
    );
    close(
      relativeGain(before, after),
      -0.012346070775467774,
      -0.2207902528425441,
      0.19609811129160853,
    );
    close(
      robustnessScore(before, after),
      1.1244516243383686,
      -0.45181783738483583,
      2.700721086061573,
    );
    close(wassersteinScore(before, after), -0.0640224358974359);
    close(energyScore(before, after), -0.12651327588185746);
    close(rangeUse(before, after), 0.32713212707894324, 0.08512153016421756, 0.5691427239936689);
  });

  test('do not depend on the scale and offset of the model', () => {
    const other = (x: number[]): number[] => x.map((value) => 3 - 0.02 * (100 - value));
    for (const measure of [absoluteGain, relativeGain, robustnessScore, energyScore]) {
      const [own, moved] = [measure(before, after), measure(other(before), other(after))];
      expect(moved.value).toBeCloseTo(own.value ?? NaN, 9);
    }
  });

  test('of an attack that only raises scores, gain and Wasserstein score are one number', () => {
    const raised = before.map((value, i) => value + 1 + i);
    const gain = absoluteGain(before, raised).value ?? NaN;
    expect(wassersteinScore(before, raised).value).toBeCloseTo(gain, 12);
  });

  test('have no value where all clean scores are equal, and say so', () => {
    const reason = 'the clean scores are all equal';
    expect(absoluteGain([5, 5], [1, 9])).toEqual({ value: null, reason });
    expect(wassersteinScore([5, 5], [1, 9])).toEqual({ value: null, reason });
    expect(robustnessScore([], [])).toEqual({ value: null, reason: 'no images' });
  });

  test('bootstrap intervals of distances hold the distance of all images', () => {
    const found = wassersteinScore(before, after);
    if (found.value === null || found.low === null || found.high === null) throw new Error('none');
    expect(found.low).toBeLessThan(found.value);
    expect(found.high).toBeGreaterThan(found.value);
    expect(wassersteinScore(before, after)).toEqual(found);
  });
});

describe('distances of two samples', () => {
  test('are those of SciPy, also for samples of different length and with ties', () => {
    expect(wasserstein([0, 1, 3], [5, 6, 8, 8]).value).toBeCloseTo(5.416666666666666, 12);
    expect(energyDistance([0, 1, 3], [5, 6, 8, 8]).value).toBeCloseTo(2.850438562747845, 12);
    expect(wasserstein([0, 1, 1, 3], [1, 2]).value).toBeCloseTo(0.75, 12);
    expect(energyDistance([0, 1, 1, 3], [1, 2]).value).toBeCloseTo(0.6123724356957946, 12);
  });
  test('are zero between a sample and itself in another order', () => {
    expect(wasserstein([3, 1, 2], [1, 2, 3]).value).toBe(0);
    expect(energyDistance([3, 1, 2], [1, 2, 3]).value).toBe(0);
    expect(wasserstein([], [1])).toEqual({ value: null, reason: 'no images' });
  });
});

describe("Student's t", () => {
  // SciPy 1.17.1, stats.t.ppf(0.5 + level / 2, df)
  test.each([
    [0.95, 1, 12.706204736174694],
    [0.95, 4, 2.7764451051977934],
    [0.95, 231, 1.9702866592827877],
    [0.95, 999, 1.9623414611334493],
    [0.99, 7, 3.4994832973504924],
    [0.5, 3, 0.7648923284043444],
  ])('has the quantile of SciPy: level %d, %d degrees of freedom', (level, df, expected) => {
    expect(studentT(level, df) / expected).toBeCloseTo(1, 11);
  });
  test('gives a single value no interval', () => {
    expect(meanInterval([4])).toEqual({ value: 4, low: null, high: null });
    expect(() => studentT(1, 3)).toThrow(/level/);
    expect(() => studentT(0.9, 0)).toThrow(/df/);
  });
});
