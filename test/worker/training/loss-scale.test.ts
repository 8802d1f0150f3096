import { describe, expect, test } from 'vitest';
import { labAffine } from '@shared/lab-scale';
import { lossScale } from '../../../src/worker/training/loss-scale';

const native = { scale: 100, offset: 5 };
// LIVE In the Wild: a MOS of 3.42 becomes 0, one of 92.43 becomes 100.
const mos = labAffine('mos', 3.42, 92.43);
const apply = ({ scale, offset }: { scale: number; offset: number }, x: number): number =>
  scale * x + offset;

describe('the scale of the loss', () => {
  test.each([
    // A native output of 0.5 is 55 on the lab scale.
    ['lab', 55],
    ['native', 0.5],
    ['unit', 0.55],
    ['raw', 3.42 + 0.55 * (92.43 - 3.42)],
  ])('%s: score and rating of the same quality meet', (id, expected) => {
    const { fromNative, fromLab } = lossScale({ lossScale: id }, native, mos);
    expect(apply(fromNative, 0.5)).toBeCloseTo(expected, 10);
    expect(apply(fromLab, 55)).toBeCloseTo(expected, 10);
  });

  test('a DMOS keeps its own direction: more is worse', () => {
    const dmos = labAffine('dmos', 10, 90);
    const { fromNative, fromLab } = lossScale({ lossScale: 'raw' }, native, dmos);
    expect(apply(fromLab, 100)).toBeCloseTo(10, 10);
    expect(fromNative.scale).toBeLessThan(0);
  });
});
