import { describe, expect, it } from 'vitest';
import { differenceHash, sha256 } from '@imaging/hash';
import type { RgbImage } from '@imaging/image';
import { resizeBilinear, resizeSamples } from '@imaging/resize';
import golden from '../fixtures/pil/resize.json';

/** The formula of test/fixtures/pil/make.py. */
function picture(width: number, height: number): RgbImage {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < 3; c++) {
        data[(y * width + x) * 3 + c] =
          (x * 7 + y * 13 + c * 29 + ((x * y) % 11) * 17 + ((x ^ y) & 31) * 5) % 256;
      }
    }
  }
  return { width, height, data };
}

const cases = golden.cases.map((entry) => ({
  ...entry,
  name: `${entry.from.join(' x ')} to ${entry.to.join(' x ')}`,
}));

describe(`resizeBilinear against Pillow ${golden.pillow}`, () => {
  it.each(cases)('is bit-equal from $name', ({ from, to, first, sha256: expected }) => {
    const [width = 0, height = 0] = to;
    const resized = resizeBilinear(picture(from[0] ?? 0, from[1] ?? 0), height, width);
    expect(resized).toMatchObject({ width, height });
    expect([...resized.data.subarray(0, first.length)]).toEqual(first);
    expect(sha256(resized.data)).toBe(expected);
  });
});

describe('resizeBilinear', () => {
  it('leaves a picture of the wanted size as it is, in memory of its own', () => {
    const image = picture(20, 10);
    const same = resizeBilinear(image, 10, 20);
    expect(same.data).toEqual(image.data);
    expect(same.data).not.toBe(image.data);
  });

  it('keeps a constant picture constant, white included', () => {
    const data = new Uint8Array(31 * 17 * 3).fill(255);
    const { data: resized } = resizeBilinear({ width: 31, height: 17, data }, 50, 7);
    expect(new Set(resized)).toEqual(new Set([255]));
  });

  it('refuses a size of zero and samples that do not fit the size', () => {
    expect(() => resizeBilinear(picture(4, 4), 0, 3)).toThrow(/height.*got 0/);
    const size = { width: 2, height: 2 };
    expect(() => resizeSamples(new Uint8Array(5), size, size, 3)).toThrow(/got 5/);
  });
});

describe(`differenceHash against Pillow ${golden.pillow}`, () => {
  it.each(cases)('has the same 64 bits for $from.0 x $from.1', ({ from, dhash }) => {
    expect(differenceHash(picture(from[0] ?? 0, from[1] ?? 0))).toBe(dhash);
  });

  it('barely moves when a picture is resized and brightened', () => {
    const image = picture(120, 90);
    const smaller = resizeBilinear(image, 60, 80);
    const brighter = { ...smaller, data: smaller.data.map((v) => Math.min(255, v + 10)) };
    const bits = BigInt(`0x${differenceHash(image)}`) ^ BigInt(`0x${differenceHash(brighter)}`);
    // 64 comparisons; a few lie so close that clipping and rounding turn them.
    expect(bits.toString(2).replaceAll('0', '').length).toBeLessThanOrEqual(6);
  });
});
