import { describe, expect, test } from 'vitest';
import { random } from '@shared/random';
import { bands } from '@shared/stats/bands';
import { bootstrap, difference, isInterval } from '@shared/stats/bootstrap';
import { histogram } from '@shared/stats/histogram';
import { kde, silvermanBandwidth } from '@shared/stats/kde';
import { mean, median, quantiles, standardDeviation } from '@shared/stats/quantiles';

/** Expected values for this list: NumPy 2.4.6 (percentile, std) and SciPy 1.17.1 (gaussian_kde). */
const values = [3.1, 4.7, 5, 5.2, 8.9, 12.4, 1.2, 6.6];
/** The references are printed to 12 digits; both sides are float64. */
const digits = 11;

describe('quantiles', () => {
  test('equal NumPy percentiles (linear, type 7)', () => {
    const expected = [1.2, 1.5325, 4.3, 5.1, 11.7875, 12.4];
    quantiles(values, [0, 0.025, 0.25, 0.5, 0.975, 1]).forEach((quantile, i) => {
      expect(quantile.value).toBeCloseTo(expected[i] ?? NaN, digits);
    });
  });

  test('median, mean and deviation of nothing are undefined', () => {
    expect(median([])).toEqual({ value: null, reason: 'no values' });
    expect(mean([])).toEqual({ value: null, reason: 'no values' });
    expect(standardDeviation([4])).toEqual({ value: null, reason: 'one value only' });
  });
});

describe('kernel density', () => {
  test("bandwidth follows Silverman's rule and the curve equals SciPy", () => {
    expect(silvermanBandwidth(values).value).toBeCloseTo(1.2739651937033, digits);
    const curve = kde(values, { from: 0, to: 10, points: 5 });
    // Points 0, 2.5, 5, 7.5, 10.
    expect(curve?.y[0]).toBeCloseTo(0.0272164936031, digits);
    expect(curve?.y[1]).toBeCloseTo(0.0771747808149, digits);
    expect(curve?.y[2]).toBeCloseTo(0.147361717009, digits);
    expect(curve?.y[4]).toBeCloseTo(0.0347692809594, digits);
  });

  test('reflection at a bound keeps all mass above it', () => {
    const stream = random(5, 'test/kde');
    const positive = Array.from({ length: 400 }, () => Math.abs(stream.normal(0, 2)));
    const mass = (lower: number | undefined): number => {
      const curve = kde(positive, { from: 0, to: 20, points: 4001, ...(lower === 0 && { lower }) });
      if (!curve) throw new Error('no curve');
      return curve.y.reduce((sum, y) => sum + y, 0) * 0.005 - (curve.y[0] ?? 0) * 0.0025;
    };
    // Trapezoid rule with step 0.005 on a smooth curve: error far below 1e-3.
    expect(mass(0)).toBeCloseTo(1, 3);
    expect(mass(undefined)).toBeLessThan(0.97);
  });

  test('equal values or fewer than two have no bandwidth and no curve', () => {
    expect(silvermanBandwidth([2, 2, 2])).toEqual({ value: null, reason: 'all values are equal' });
    expect(kde([2, 2, 2])).toBeNull();
    expect(kde([])).toBeNull();
  });

  test('half of the values being equal falls back on the deviation', () => {
    expect(silvermanBandwidth([1, 1, 1, 1, 1, 9]).value).toBeGreaterThan(0);
  });
});

describe('histogram', () => {
  test('counts every value exactly once, edges included', () => {
    const result = histogram([0, 0.5, 1, 9.99, 10, -1, 11], 0, 10, 10);
    expect([...result.counts]).toEqual([2, 1, 0, 0, 0, 0, 0, 0, 0, 2]);
    expect(result).toMatchObject({ below: 1, above: 1 });
    expect([...result.edges]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  test('an empty range or no bins is refused', () => {
    expect(() => histogram([1], 5, 5, 3)).toThrow(/max must exceed min/);
    expect(() => histogram([1], 0, 5, 0)).toThrow(/bins must be/);
  });
});

describe('bands', () => {
  test('summarise y per band of x and lose no image', () => {
    const result = bands([-3, 5, 15, 19, 100], [1, 3, 10, 20, 7], 0, 100, 5);
    expect(result.map((band) => band.n)).toEqual([4, 0, 0, 0, 1]);
    expect(result[0]?.summary).toEqual({
      lowerQuartile: 2.5,
      median: 6.5,
      upperQuartile: 12.5,
      mean: 8.5,
    });
    expect(result[1]?.summary).toBeNull();
    expect(result[4]).toMatchObject({ low: 80, high: 100 });
  });
});

describe('bootstrap', () => {
  const stream = random(11, 'test/bootstrap');
  const sample = Array.from({ length: 100 }, () => stream.normal(10, 3));
  const meanAt = (positions: Uint32Array): ReturnType<typeof mean> =>
    mean(Array.from(positions, (i) => sample[i] ?? NaN));

  test('the interval of a mean has the width the normal theory predicts', () => {
    const result = bootstrap(100, meanAt, { seed: 4 });
    if (!isInterval(result)) throw new Error(result.reason);
    const theory = 2 * 1.96 * ((standardDeviation(sample).value ?? NaN) / 10);
    // With 1000 resamples the two quantiles scatter by about 5 % of the width; 15 % is three times that.
    expect(Math.abs(result.high - result.low - theory) / theory).toBeLessThan(0.15);
    expect(result.low).toBeLessThan(result.estimate);
    expect(result.high).toBeGreaterThan(result.estimate);
    expect(result.resamples).toBe(1000);
  });

  test('the same seed gives the same interval, another seed another', () => {
    const options = { seed: 4, resamples: 50 };
    expect(bootstrap(100, meanAt, options)).toEqual(bootstrap(100, meanAt, options));
    expect(bootstrap(100, meanAt, { ...options, seed: 5 })).not.toEqual(
      bootstrap(100, meanAt, options),
    );
  });

  test('pairing: the difference of a vector from itself shifted has no spread', () => {
    const shifted = sample.map((value) => value + 2);
    const result = bootstrap(
      100,
      (at) =>
        difference(
          mean(Array.from(at, (i) => shifted[i] ?? NaN)),
          mean(Array.from(at, (i) => sample[i] ?? NaN)),
        ),
      { seed: 4, resamples: 50 },
    );
    // 2 up to float64 rounding of sums around 1000.
    expect(result).toMatchObject({ estimate: expect.closeTo(2, 10) as number });
    if (isInterval(result)) expect(result.high - result.low).toBeLessThan(1e-10);
  });

  test('an undefined statistic keeps its reason; undefined resamples are counted', () => {
    expect(bootstrap(3, () => ({ value: null, reason: 'why' }), { seed: 1 })).toEqual({
      value: null,
      reason: 'why',
    });
    let call = 0;
    const result = bootstrap(
      3,
      () => (call++ % 2 === 0 ? { value: call } : { value: null, reason: 'odd' }),
      { seed: 1, resamples: 10 },
    );
    expect(result).toMatchObject({ undefinedResamples: 5 });
  });
});
