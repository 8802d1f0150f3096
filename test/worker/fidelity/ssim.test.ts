import { describe, expect, it } from 'vitest';
import type { Picture } from '../../../src/worker/fidelity/picture';
import {
  poolFactor,
  ssim,
  ssimFits,
  ssimOf,
  ssimVariants,
  type SsimVariant,
} from '../../../src/worker/fidelity/ssim';

type Pattern = (i: number, j: number, c: number) => number;
const ramp: Pattern = (i, j, c) => ((7 * i + 13 * j + 29 * c) % 256) / 255;
const smooth: Pattern = (i, j, c) =>
  0.5 + 0.35 * Math.sin(0.11 * i + 0.3 * c) * Math.cos(0.07 * j - 0.2 * c);
/** +1, -1, 0 in a fixed lattice: a perturbation without any random generator behind it. */
const lattice: Pattern = (i, j, c) => [1, -1, 0][(31 * i + 17 * j + 7 * c) % 3] ?? 0;

function picture(height: number, width: number, value: Pattern): Picture {
  const data = new Float32Array(height * width * 3);
  for (let i = 0; i < height; i++)
    for (let j = 0; j < width; j++)
      for (let c = 0; c < 3; c++) data[(i * width + j) * 3 + c] = value(i, j, c);
  return { height, width, data };
}

function pair(height: number, width: number, base: Pattern, e: number): [Picture, Picture] {
  const moved: Pattern = (i, j, c) =>
    Math.min(1, Math.max(0, base(i, j, c) + e * lattice(i, j, c)));
  return [picture(height, width, base), picture(height, width, moved)];
}

describe('ssim', () => {
  /**
   * Origin: piq 0.8.0 (`piq.ssim`) and a double-precision reference of the same formula, on
   * patterns given in closed form; six decimals were recorded. Pixels here are float32, so the
   * tolerance is half a unit of the last recorded decimal plus 5e-7.
   */
  const golden: [string, number, number, Pattern, number, Record<SsimVariant, number>][] = [
    ['ramp', 64, 64, ramp, 0.005, record(0.999338, 0.999338, 0.999866)],
    ['ramp', 64, 64, ramp, 0.04, record(0.960101, 0.960101, 0.991493)],
    ['smooth', 64, 64, smooth, 0.005, record(0.993733, 0.993733, 0.998894)],
    ['smooth', 64, 64, smooth, 0.04, record(0.724566, 0.724566, 0.934687)],
    ['smooth', 64, 80, smooth, 0.04, record(0.717089, 0.717089, 0.932275)],
    ['ramp', 500, 500, ramp, 0.04, record(0.999221, 0.959673, 0.991408)],
    ['smooth', 500, 500, smooth, 0.005, record(0.999855, 0.993659, 0.998882)],
    ['smooth', 500, 500, smooth, 0.04, record(0.990806, 0.721435, 0.933991)],
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
      const all = ssimOf(x, y, ['ssim-full', 'ssim-piq', 'ssim-luma']);
      for (const variant of ssimVariants) expect(all.get(variant)).toBe(ssim(x, y, variant));
    }
    const [x, y] = pair(8, 8, smooth, 0.04);
    expect(ssimOf(x, y, ssimVariants)).toEqual(new Map());
  });

  it('downsamples by the factor of the reference, rounding halves to even', () => {
    // Origin: attack measurements with piq at these sizes (224 -> 1, 384 -> 2, 498 -> 2, 640 -> 2).
    const sizes = [224, 256, 383, 384, 498, 500, 640, 641, 896];
    expect(sizes.map((size) => poolFactor(size, 2000))).toEqual([1, 1, 1, 2, 2, 2, 2, 3, 4]);
  });
});

function record(piq: number, full: number, luma: number): Record<SsimVariant, number> {
  return { 'ssim-piq': piq, 'ssim-full': full, 'ssim-luma': luma };
}
