import { describe, expect, test } from 'vitest';
import { logTicks, niceTicks, powerOfTen, powerText, scoreTicks } from '@shared/figures/lib/axes';
import { random } from '@shared/random';

describe('ticks', () => {
  test('enclose the values in steps of 1, 2 or 5 times a power of ten', () => {
    const stream = random(1, 'test/ticks');
    for (let i = 0; i < 300; i++) {
      const scale = 10 ** stream.integer(9) / 1e4;
      const low = stream.uniform(-1, 1) * scale;
      const high = low + stream.uniform(0.01, 1) * scale;
      const { min, max, step } = niceTicks(low, high);
      expect(min).toBeLessThanOrEqual(low + 1e-6 * step);
      expect(max).toBeGreaterThanOrEqual(high - 1e-6 * step);
      const mantissa = step / 10 ** Math.floor(Math.log10(step) + 1e-9);
      // The step is a decimal number rounded to binary.
      expect([1, 2, 5].some((factor) => Math.abs(mantissa - factor) < 1e-9)).toBe(true);
      const count = (max - min) / step;
      expect(count).toBeGreaterThan(2);
      expect(count).toBeLessThan(11);
    }
  });

  test('have no binary dust in their bounds', () => {
    expect(niceTicks(0.1, 0.7)).toEqual({ min: 0.1, max: 0.7, step: 0.1 });
  });

  test('exist for an empty or a single-valued range', () => {
    expect(niceTicks(0, 0)).toEqual({ min: 0, max: 1, step: 0.2 });
    expect(niceTicks(7, 7).max).toBeGreaterThanOrEqual(7);
    expect(niceTicks(-3, -3).min).toBeLessThanOrEqual(-3);
  });

  test('of scores stay at 0 to 100 until a score leaves that range', () => {
    expect(scoreTicks([0, 100])).toEqual({ min: 0, max: 100, step: 20 });
    expect(scoreTicks([100.5]).max).toBeGreaterThan(100);
  });

  test('on a logarithmic axis are whole powers around the positive values', () => {
    expect(logTicks([0, 0.02, 30])).toEqual({ min: 0.01, max: 100, step: 1, log: true });
    expect(logTicks([10])).toMatchObject({ min: 10, max: 100 });
    expect(logTicks([0, -1])).toBeNull();
  });
});

describe('powers of ten in a title', () => {
  test('are used for large and small values only', () => {
    expect(powerOfTen([5200, 12])).toBe(3);
    expect(powerOfTen([999])).toBe(0);
    expect(powerOfTen([0.004])).toBe(-3);
    expect(powerOfTen([0])).toBe(0);
    expect(powerText(0)).toBe('');
    expect(powerText(-12)).toBe('10\u207b\u00b9\u00b2 ');
  });
});
