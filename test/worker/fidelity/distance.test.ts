import { describe, expect, it } from 'vitest';
import { distances, psnrFromMeanSquare } from '../../../src/worker/fidelity/distance';

const picture = (data: number[]) => ({ height: 1, width: 2, data: Float32Array.from(data) });

describe('distances', () => {
  it('measures the largest, the Euclidean and the mean squared difference', () => {
    // Differences 3/8, 0, 0, 4/8, 0, 0 are exact in binary: a 3-4-5 triangle scaled by 1/8.
    const d = distances(picture([0.375, 0, 0, 0.5, 0, 1]), picture([0, 0, 0, 1, 0, 1]));
    expect(d).toEqual({ linf: 0.5, l2: 0.625, meanSquare: 0.390625 / 6 });
  });

  it('refuses a buffer that does not match its shape', () => {
    expect(() => distances(picture([1]), picture([1]))).toThrow('expected 6 values');
  });
});

describe('psnrFromMeanSquare', () => {
  it('is 20 dB for a mean square of .01 and undefined for equal pictures', () => {
    // Closed form: -10 log10(.01) = 20; one rounding of the logarithm.
    expect(psnrFromMeanSquare(0.01)).toBeCloseTo(20, 12);
    expect(psnrFromMeanSquare(0)).toBeNull();
  });
});
