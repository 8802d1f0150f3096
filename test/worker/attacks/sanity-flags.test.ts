import { describe, expect, it } from 'vitest';
import { sanityFlags, type Judged } from '../../../src/worker/analysis/sanity-flags';

function judged(over: Partial<Judged['row']> = {}, excess = 0): Judged {
  return {
    excess,
    row: {
      imageId: 5,
      clean: 40,
      attackedFloat: 60,
      attackedEightBit: 59,
      linfFloat: 0.005,
      linfEightBit: 0.006,
      l2: 1,
      ssim: {},
      psnr: 46,
      direction: 'up',
      steps: 1,
      zeroGradientShare: 0.01,
      clampedShare: 0.02,
      durationMs: 1,
      ...over,
    },
  };
}
const codes = (rows: Judged[]): string[] => sanityFlags(rows, null).map(({ code }) => code);

describe('sanityFlags', () => {
  it('say nothing of an ordinary batch, or of an empty one', () => {
    expect(codes([judged(), judged()])).toEqual([]);
    expect(codes([])).toEqual([]);
  });

  it('name scores in other units than 0 to 100, where there are enough of them to tell', () => {
    const native = (i: number): Judged => judged({ clean: 0.1 * i, attackedFloat: 0.2 * i });
    const rows = Array.from({ length: 9 }, (_, i) => native(i));
    expect(codes(rows)).toContain('score-units');
    expect(codes(rows.slice(0, 7))).not.toContain('score-units');
    const far = Array.from({ length: 9 }, (_, i) => judged({ clean: 40 * i }));
    expect(codes(far)).toContain('score-units');
  });

  it('name zero gradients, with the pictures on which nothing moved at all', () => {
    const [flag] = sanityFlags([judged({ zeroGradientShare: 1 }), judged()], null);
    expect(flag).toMatchObject({ code: 'zero-gradient', imageId: 5 });
    expect(flag?.message).toBe(
      'The gradient was exactly zero on more than half of the pixels of 1 of 2 pictures. On 1 the gradient was zero everywhere.',
    );
  });

  it('tell an attack that left its ball from float32 rounding', () => {
    expect(codes([judged({}, 6e-8)])).toEqual([]);
    expect(codes([judged({}, 0.01)])).toEqual(['outside-ball']);
  });

  it('tell when 8-bit rounding removes more than a fifth of the change', () => {
    expect(codes([judged({ attackedEightBit: 56 })])).toEqual([]); // 16 of 20 kept: just not.
    const [flag] = sanityFlags([judged({ attackedEightBit: 50 })], null);
    expect(flag?.message).toContain(
      'keep 50 % of the change of score (RMSE 10.00 instead of 20.00)',
    );
  });

  it('do not divide by a change that is not there', () => {
    expect(codes([judged({ attackedFloat: 40, attackedEightBit: 40 })])).toEqual([]);
  });

  it('tell scores that sit on a clamp and pixels that do', () => {
    const at100 = judged({ attackedFloat: 100, attackedEightBit: 100 });
    expect(codes([at100, judged({ clampedShare: 0.3 })])).toEqual([
      'score-saturated',
      'pixels-clamped',
    ]);
  });

  it('tell when noise of the same size does as well', () => {
    const control = { attack: [1, -1], noise: [1, 2] };
    const [flag] = sanityFlags([judged()], control);
    expect(flag?.code).toBe('noise-does-as-well');
    expect(flag?.message).toContain('RMSE 1.58, the attack by 1.00');
    expect(sanityFlags([judged()], { attack: [3, 3], noise: [1, 2] })).toEqual([]);
  });
});
