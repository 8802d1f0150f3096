import { describe, expect, it } from 'vitest';
import { fromLab, labAffine, toLab } from '@shared/lab-scale';

describe('the lab scale', () => {
  it("maps the paper's LIVEC constants to 0 and 100 exactly", () => {
    // Constants printed under Eq. S17.
    expect(toLab(3.42, 'mos', 3.42, 92.43)).toBe(0);
    expect(toLab(92.43, 'mos', 3.42, 92.43)).toBe(100);
    expect(toLab(47.925, 'mos', 3.42, 92.43)).toBeCloseTo(50, 12);
  });

  it('turns a DMOS around, so that higher is better on both kinds', () => {
    expect(toLab(0.1, 'dmos', 0.1, 0.9)).toBe(100);
    expect(toLab(0.9, 'dmos', 0.1, 0.9)).toBe(0);
    expect(toLab(0.2, 'dmos', 0.1, 0.9)).toBeGreaterThan(toLab(0.3, 'dmos', 0.1, 0.9));
  });

  it('does not clamp ratings outside the training range', () => {
    expect(toLab(0, 'mos', 10, 20)).toBe(-100);
    expect(toLab(25, 'mos', 10, 20)).toBe(150);
  });

  it('is undone by fromLab and equals its affine form', () => {
    for (const kind of ['mos', 'dmos'] as const) {
      const { scale, offset } = labAffine(kind, 3.42, 92.43);
      for (const score of [3.42, 17.3, 55.4013, 92.43]) {
        const lab = toLab(score, kind, 3.42, 92.43);
        // Two or three roundings of numbers below 200: far below 1e-10.
        expect(Math.abs(fromLab(lab, kind, 3.42, 92.43) - score)).toBeLessThan(1e-10);
        expect(Math.abs(scale * score + offset - lab)).toBeLessThan(1e-10);
      }
    }
  });

  it('refuses a training part whose ratings are all equal', () => {
    expect(() => toLab(5, 'mos', 5, 5)).toThrow(/two different ratings.*5 to 5/);
    expect(() => toLab(5, 'mos', Number.NaN, 5)).toThrow(/two different ratings/);
  });
});
