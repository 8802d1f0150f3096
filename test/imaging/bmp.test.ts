import { describe, expect, it } from 'vitest';
import { decodeBmp } from '@imaging/bmp';
import { bmp24Rows, bmpFile, gradient } from '../helpers/pictures';

const width = 5;
const height = 3;
const rgb = gradient(width, height);
const plain = bmpFile({ width, height, bits: 24, rows: bmp24Rows(rgb, width, height) });

describe('decodeBmp', () => {
  it('reads 24-bit rows from the bottom up and skips their padding', () => {
    expect(decodeBmp(plain, 'a.bmp')).toEqual({ width, height, data: rgb });
  });

  it('reads rows from the top down where the height is negative', () => {
    const rows = bmp24Rows(rgb, width, height, true);
    const file = bmpFile({ width, height: -height, bits: 24, rows });
    expect(decodeBmp(file, 'a.bmp').data).toEqual(rgb);
  });

  it('reads 32-bit pixels and ignores the fourth byte', () => {
    const rows = Buffer.from([3, 2, 1, 0, 6, 5, 4, 128]);
    const file = bmpFile({ width: 2, height: 1, bits: 32, rows });
    expect([...decodeBmp(file, 'a.bmp').data]).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('reads 32-bit pixels through bit masks in another order', () => {
    const rows = Buffer.from([0, 1, 2, 3]);
    const masks = [0x0000ff00, 0x00ff0000, 0xff000000] as const;
    const file = bmpFile({ width: 1, height: 1, bits: 32, compression: 3, masks, rows });
    expect([...decodeBmp(file, 'a.bmp').data]).toEqual([1, 2, 3]);
  });

  it('widens 5- and 6-bit samples so that full scale is 255', () => {
    const rows = Buffer.from([0xff, 0xff, 0, 0xf8]); // white, then pure red in 5-6-5
    const masks = [0xf800, 0x07e0, 0x001f] as const;
    const file = bmpFile({ width: 2, height: 1, bits: 16, compression: 3, masks, rows });
    expect([...decodeBmp(file, 'a.bmp').data]).toEqual([255, 255, 255, 255, 0, 0]);
  });

  it('looks 8-, 4- and 1-bit pixels up in the palette', () => {
    const palette = [
      [10, 20, 30],
      [200, 100, 50],
    ] as const;
    const expected = [200, 100, 50, 10, 20, 30, 200, 100, 50];
    const rows = {
      8: Buffer.from([1, 0, 1, 0]),
      4: Buffer.from([0x10, 0x10, 0, 0]),
      1: Buffer.from([0b10100000, 0, 0, 0]),
    };
    for (const bits of [8, 4, 1] as const) {
      const file = bmpFile({ width: 3, height: 1, bits, palette, rows: rows[bits] });
      expect([...decodeBmp(file, 'a.bmp').data], `${bits} bits`).toEqual(expected);
    }
  });

  it('refuses a pixel outside the palette', () => {
    const rows = Buffer.from([7, 0, 0, 0]);
    const file = bmpFile({ width: 1, height: 1, bits: 8, palette: [[0, 0, 0]], rows });
    expect(() => decodeBmp(file, 'a.bmp')).toThrow(/colour 7 of a palette of 1/);
  });

  it('says that a file which ends early is cut off, wherever it ends', () => {
    for (const bytes of [2, 20, 53, 60, plain.length - 2]) {
      expect(() => decodeBmp(plain.subarray(0, bytes), 'a.bmp'), `${bytes} bytes`).toThrow(
        /"a.bmp" is cut off/,
      );
    }
  });

  it('reads a last row whose padding is missing', () => {
    expect(decodeBmp(plain.subarray(0, plain.length - 1), 'a.bmp').data).toEqual(rgb);
  });

  it('refuses run-length compression by name', () => {
    const file = bmpFile({ width: 4, height: 4, bits: 8, compression: 1, rows: Buffer.alloc(8) });
    expect(() => decodeBmp(file, 'a.bmp')).toThrow(/compression RLE8, which is not supported/);
  });

  it('refuses a huge or impossible size from the header alone', () => {
    const rows = Buffer.alloc(0);
    const huge = bmpFile({ width: 100_000, height: 100_000, bits: 24, rows });
    expect(() => decodeBmp(huge, 'a.bmp')).toThrow(/announces 100000 x 100000 pixels/);
    const negative = bmpFile({ width: -4, height: 4, bits: 24, rows });
    expect(() => decodeBmp(negative, 'a.bmp')).toThrow(/claims -4 x 4 pixels/);
    const lowest = bmpFile({ width: 4, height: -2147483648, bits: 24, rows });
    expect(() => decodeBmp(lowest, 'a.bmp')).toThrow(/4 x 2147483648/);
  });

  it('refuses pixels that claim to start inside the header', () => {
    const file = Buffer.from(plain);
    file.writeUInt32LE(10, 10);
    expect(() => decodeBmp(file, 'a.bmp')).toThrow(/start inside the header, at 10/);
  });
});
