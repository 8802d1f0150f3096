import { describe, expect, it } from 'vitest';
import { random } from '@shared/random';
import { certificateRanks, certifiedMedian } from '@shared/stats/median-certificate';
import { binomialCdf, normalCdf } from '@shared/stats/normal';

// Expected values of this file: SciPy 1.17.1 (stats.norm.cdf, stats.binom.cdf and sf).

describe('the normal distribution function', () => {
  it.each([
    [-8, 6.22096057427174e-16],
    [-3.5, 0.00023262907903552502],
    [-1, 0.15865525393145707],
    [-5 / 12, 0.33846111951068963],
    [0.3, 0.6179114221889526],
    [2.9, 0.998134186699616],
    [3, 0.9986501019683699],
    [5, 0.9999997133484281],
  ])('at %d is %d', (x, expected) => {
    // Within a few roundings of double precision; SciPy states 1e-13 itself.
    expect(Math.abs(normalCdf(x) / expected - 1)).toBeLessThan(1e-12);
  });
});

describe('the binomial distribution function', () => {
  it.each([
    [0, 20, 0.338, 0.0002613122616687136],
    [300, 1000, 0.3385, 0.005221690581872191],
    [661, 1000, 0.6615, 0.4985640631459865],
    [5, 10, 0.5, 0.623046875],
  ])('of %d in %d trials at %d is %d', (k, n, p, expected) => {
    // Logarithms of factorials near 6000 carry 1e-12 of rounding into the exponent.
    expect(Math.abs(binomialCdf(k, n, p) / expected - 1)).toBeLessThan(1e-11);
  });
});

describe('the ranks that bound a smoothed median', () => {
  const published = { sigma: 0.12, radius: 0.05, confidence: 0.999 };

  it.each([
    [20, 0.999, { low: 1, high: 20 }],
    [50, 0.999, { low: 7, high: 44 }],
    [100, 0.999, { low: 19, high: 82 }],
    [1000, 0.999, { low: 290, high: 711 }],
    [10, 0.9, { low: 1, high: 10 }],
    [20, 0.9, { low: 3, high: 18 }],
    [1000, 0.9, { low: 314, high: 687 }],
  ])('of %d draws at confidence %d', (n, confidence, expected) => {
    expect(certificateRanks(n, { ...published, confidence })).toEqual(expected);
  });

  it('do not exist for too few draws', () => {
    expect(certificateRanks(10, published)).toBeNull();
    expect(certificateRanks(5, { ...published, confidence: 0.9 })).toBeNull();
  });

  it('mirror each other, as the two sides do', () => {
    for (const n of [30, 77, 400]) {
      const ranks = certificateRanks(n, published);
      expect((ranks?.low ?? 0) + (ranks?.high ?? 0)).toBe(n + 1);
    }
  });

  it('by hand: 6 draws, half a chance, radius next to nothing', () => {
    // P(Bin(6, 1/2) <= 0) = 1/64 <= 0.05 / 2 and P(<= 1) = 7/64 is more: rank 1, and 6 on the other side.
    expect(certificateRanks(6, { sigma: 1, radius: 1e-12, confidence: 0.95 })).toEqual({
      low: 1,
      high: 6,
    });
  });
});

describe('a certified median', () => {
  it('takes the middle of the draws, or the mean of the two middle ones', () => {
    const settings = { sigma: 1, radius: 0.1, confidence: 0.5 };
    expect(certifiedMedian([3, 1, 2], settings).median).toBe(2);
    expect(certifiedMedian([4, 1, 2, 3], settings).median).toBe(2.5);
    expect(() => certifiedMedian([], settings)).toThrow('at least one draw');
  });

  it('covers the true extremes at least as often as it says', () => {
    // f(z) = z: the smoothed median at distance r is r, the quantiles at Phi(-+r / sigma) are -+r exactly.
    const settings = { sigma: 1, radius: 0.5, confidence: 0.9 };
    const trials = 3000;
    let held = 0;
    for (let trial = 0; trial < trials; trial++) {
      const draws = random(trial, 'coverage').normals(40);
      const { low, high } = certifiedMedian(draws, settings);
      if (low !== null && high !== null && low <= -0.5 && high >= 0.5) held++;
    }
    // Ranks are whole, so the true coverage of 40 draws lies above 0.9; five standard errors are 0.027.
    expect(held / trials).toBeGreaterThan(0.9);
    expect(held / trials).toBeLessThan(0.99);
  });
});
