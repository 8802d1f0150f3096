import { describe, expect, it } from 'vitest';
import {
  poolFactor,
  ssim,
  ssimFits,
  ssimOf,
  ssimVariants,
  type SsimVariant,
} from '../../../src/worker/fidelity/ssim';
import { pair, picture, ramp, smooth, type Pattern } from './patterns';

describe('ssim', () => {
  /**
   * Origin: piq 0.8.0 (`piq.ssim`), piq 0.5.4 for the repeated border, and a double-precision
   * reference of the same formula, on
   * patterns given in closed form; six decimals were recorded. Pixels here are float32, so the
   * tolerance is half a unit of the last recorded decimal plus 5e-7.
   */
  const golden: [string, number, number, Pattern, number, Record<SsimVariant, number>][] = [
    ['ramp', 64, 64, ramp, 0.005, record(0.999338, 0.999338, 0.999866, 0.999279)],
    ['ramp', 64, 64, ramp, 0.04, record(0.960101, 0.960101, 0.991493, 0.956781)],
    ['smooth', 64, 64, smooth, 0.005, record(0.993733, 0.993733, 0.998894, 0.993718)],
    ['smooth', 64, 64, smooth, 0.04, record(0.724566, 0.724566, 0.934687, 0.723857)],
    ['smooth', 64, 80, smooth, 0.04, record(0.717089, 0.717089, 0.932275, 0.715343)],
    ['ramp', 500, 500, ramp, 0.04, record(0.999221, 0.959673, 0.991408, 0.959357)],
    ['smooth', 500, 500, smooth, 0.005, record(0.999855, 0.993659, 0.998882, 0.993643)],
    ['smooth', 500, 500, smooth, 0.04, record(0.990806, 0.721435, 0.933991, 0.721197)],
  ];
  for (const [name, height, width, base, e, expected] of golden) {
    it(`equals the reference on ${name} ${height}x${width}, amplitude ${e}`, () => {
      const [x, y] = pair(height, width, base, e);
      for (const [variant, value] of Object.entries(expected) as [SsimVariant, number][]) {
        expect(Math.abs(ssim(x, y, variant) - value), variant).toBeLessThan(1e-6);
      }
    });
  }

  it('is exactly 1 for a picture and itself', () => {
    const x = picture(20, 30, smooth);
    expect(ssim(x, x, 'ssim-full')).toBe(1);
  });

  it('is symmetric', () => {
    const [x, y] = pair(33, 41, ramp, 0.04);
    expect(ssim(x, y, 'ssim-luma')).toBe(ssim(y, x, 'ssim-luma'));
  });

  it('refuses pictures of different shape, quoting both', () => {
    const call = (): number => ssim(picture(20, 30, ramp), picture(30, 20, ramp), 'ssim-full');
    expect(call).toThrow('[20, 30, 3] with 1800 values and [30, 20, 3]');
  });

  it('refuses a picture smaller than the window', () => {
    const x = picture(10, 40, ramp);
    expect(() => ssim(x, x, 'ssim-piq')).toThrow('window does not fit, got 10x40');
    expect(ssimFits(11, 11, 'ssim-full')).toBe(true);
  });

  it('gives several variants at once, each as it is alone, and leaves out those that do not fit', () => {
    for (const size of [40, 400]) {
      const [x, y] = pair(size, size, smooth, 0.04);
      const all = ssimOf(x, y, ['ssim-full', 'ssim-piq', 'ssim-luma', 'ssim-replicate']);
      for (const variant of ssimVariants) expect(all.get(variant)).toBe(ssim(x, y, variant));
    }
    const [x, y] = pair(8, 8, smooth, 0.04);
    // With a repeated border, the window fits everywhere.
    expect([...ssimOf(x, y, ssimVariants).keys()]).toEqual(['ssim-replicate']);
  });

  it('downsamples by the factor of the reference, rounding halves to even', () => {
    // Origin: attack measurements with piq at these sizes (224 -> 1, 384 -> 2, 498 -> 2, 640 -> 2).
    const sizes = [224, 256, 383, 384, 498, 500, 640, 641, 896];
    expect(sizes.map((size) => poolFactor(size, 2000))).toEqual([1, 1, 1, 2, 2, 2, 2, 3, 4]);
  });
});

function record(
  piq: number,
  full: number,
  luma: number,
  replicate: number,
): Record<SsimVariant, number> {
  return { 'ssim-piq': piq, 'ssim-full': full, 'ssim-luma': luma, 'ssim-replicate': replicate };
}
