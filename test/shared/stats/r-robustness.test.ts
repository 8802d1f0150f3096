import { describe, expect, test } from 'vitest';
import { random } from '@shared/random';
import { rRobustness } from '@shared/stats/r-robustness';
import { rmse } from '@shared/stats/rmse';

/** One of the four images does not move at all. Expected values computed with NumPy 2.4. */
const before = [62.9, 30, 50, 90];
const after = [9.6, 55.4, 50, 80];

describe('R robustness', () => {
  test('a change below the floor counts as the floor, and is counted', () => {
    const result = rRobustness(before, after, 'floor', 0.01);
    expect(result.r.value).toBeCloseTo(1.2913500684, 10);
    expect(result).toMatchObject({ floored: 1, n: 4 });
  });

  test('the default floor is 1e-6: one unmoved image of four shifts R from 0.49 to 2.29', () => {
    expect(rRobustness(before, after).r.value).toBeCloseTo(2.2913500684, 10);
    const without = rRobustness(before, after, 'exclude');
    expect(without.r.value).toBeCloseTo(0.4888100898, 10);
    expect(without).toMatchObject({ floored: 1, n: 3 });
  });

  test('R is at least log10(50 / RMSE), whatever the scores (Jensen)', () => {
    const stream = random(3, 'test/r');
    for (let trial = 0; trial < 20; trial++) {
      const f = Array.from({ length: 30 }, () => stream.uniform(0, 100));
      const g = f.map((score) => score + stream.normal(0, 10));
      const r = rRobustness(f, g).r.value ?? NaN;
      const error = rmse(f, g).value ?? NaN;
      expect(r).toBeGreaterThanOrEqual(Math.log10(50 / error));
    }
  });

  test('with nothing left to average there is a reason', () => {
    expect(rRobustness([], []).r).toEqual({ value: null, reason: 'no images' });
    expect(rRobustness([5], [5], 'exclude').r).toEqual({
      value: null,
      reason: 'no image moved by more than the floor',
    });
    expect(() => rRobustness([5], [6], 'floor', 0)).toThrow(/floor must be positive, got 0/);
  });
});
