import { describe, expect, test } from 'vitest';
import {
  relativePositionIndex,
  shiftMask,
  windowOrder,
} from '../../../../src/worker/models/trunks/windows';

describe('attention in windows', () => {
  // Golden figures of the specification: the released code with torch 2.13.
  test('the relative positions of a window of 4 have the released rows', () => {
    const index = relativePositionIndex(4);
    expect([...index.slice(0, 16)]).toEqual([
      24, 23, 22, 21, 17, 16, 15, 14, 10, 9, 8, 7, 3, 2, 1, 0,
    ]);
    expect([...index.slice(5 * 16, 6 * 16)]).toEqual([
      32, 31, 30, 29, 25, 24, 23, 22, 18, 17, 16, 15, 11, 10, 9, 8,
    ]);
  });

  test('unshifted windows are read row by row, window after window', () => {
    expect([...windowOrder(4, 2, 0)]).toEqual([
      0, 1, 4, 5, 2, 3, 6, 7, 8, 9, 12, 13, 10, 11, 14, 15,
    ]);
  });

  test('a shift by 1 starts every window one row and one column later, around the edge', () => {
    // Rolled by -1 in both directions, the map begins with token (1, 1) = 5.
    expect([...windowOrder(4, 2, 1)].slice(0, 8)).toEqual([5, 6, 9, 10, 7, 4, 11, 8]);
  });

  // Counted by running the released code (specification, section 5.4).
  test('13 of the 49 shifted windows of a 28 x 28 map keep tokens apart', () => {
    const mask = shiftMask(28, 4, 2);
    expect(new Set(mask)).toEqual(new Set([0, -100]));
    const windows = Array.from({ length: 49 }, (_, w) => mask.subarray(w * 256, (w + 1) * 256));
    expect(windows.filter((window) => window.some((value) => value !== 0))).toHaveLength(13);
  });

  test('in a shifted window only tokens that were neighbours see each other', () => {
    // The last window of a 4 x 4 map, shifted by 1, holds tokens (3,3), (3,0), (0,3), (0,0): four corners.
    const last = shiftMask(4, 2, 1).slice(-16);
    expect([...last]).toEqual(
      [0, 1, 2, 3].flatMap((i) => [0, 1, 2, 3].map((j) => (i === j ? 0 : -100))),
    );
  });
});
