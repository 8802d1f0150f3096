import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readMat5 } from '../../../src/main/datasets/labels/mat5';

/** Files written by SciPy: test/fixtures/mat/make.py. */
const fixture = (name: string): Buffer =>
  readFileSync(join(import.meta.dirname, '../../fixtures/mat', name));

const expected = {
  names: {
    kind: 'cells',
    dims: [3, 1],
    cells: ['1.bmp', 'zwei ä.JPG', '三.png'].map((text) => ({ kind: 'text', text })),
  },
  mos: { kind: 'numbers', dims: [1, 3], values: [3.42, 92.4319526627219, 50] },
  // Column-major: 0 1 2 / 3 4 5 is stored 0 3 1 4 2 5.
  grid: { kind: 'numbers', dims: [2, 3], values: [0, 3, 1, 4, 2, 5] },
  count: { kind: 'numbers', dims: [1, 1], values: [7] },
  nothing: { kind: 'numbers', dims: [0, 0], values: [] },
};

describe('readMat5', () => {
  it.each(['plain.mat', 'compressed.mat'])('reads numbers, texts and cells from %s', (name) => {
    expect(Object.fromEntries(readMat5(fixture(name), name))).toEqual(expected);
  });

  it('reads a file in the other byte order', () => {
    const file = Buffer.alloc(128 + 8 + 56);
    file.write('MATLAB 5.0 MAT-file', 0, 'latin1');
    file.write('MI', 126, 'latin1');
    const words = [14, 56, 6, 8, 6, 0, 5, 8, 1, 1, 0x00010001];
    words.forEach((word, i) => file.writeUInt32BE(word, 128 + i * 4));
    file.write('x', 128 + words.length * 4, 'latin1');
    file.writeUInt32BE(9, 176);
    file.writeUInt32BE(8, 180);
    file.writeDoubleBE(-2.5, 184);
    const values = readMat5(file, 'big.mat');
    expect(values.get('x')).toEqual({ kind: 'numbers', dims: [1, 1], values: [-2.5] });
  });

  it('refuses structures, complex numbers, version 7.3 and other files by name', () => {
    expect(() => readMat5(fixture('struct.mat'), 's.mat')).toThrow(/"s.mat" holds a structure/);
    expect(() => readMat5(fixture('complex.mat'), 'c.mat')).toThrow(/holds complex numbers/);
    const hdf5 = Buffer.alloc(600);
    hdf5.write('MATLAB 7.3 MAT-file', 0, 'latin1');
    expect(() => readMat5(hdf5, 'v.mat')).toThrow(/format 7.3 \(HDF5\)/);
    expect(() => readMat5(Buffer.from('image,mos'), 'a.mat')).toThrow(/not in MATLAB format 5/);
  });

  it('says that a file which ends early is damaged, wherever it ends', () => {
    const whole = fixture('plain.mat');
    for (let length = 129; length < whole.length; length += 7) {
      try {
        // A cut between two variables leaves a shorter, valid file.
        expect(readMat5(whole.subarray(0, length), 'cut.mat').size).toBeLessThan(5);
      } catch (error) {
        expect(error, `${length} bytes`).toMatchObject({ kind: 'unreadable-file' });
      }
    }
  });

  it('survives any damaged byte: values or a LabError, never a crash', () => {
    for (const name of ['plain.mat', 'compressed.mat']) {
      const whole = fixture(name);
      for (let at = 128; at < whole.length; at++) {
        for (const value of [0x00, 0x7f, 0xff]) {
          const damaged = Buffer.from(whole);
          damaged[at] = value;
          try {
            readMat5(damaged, name);
          } catch (error) {
            expect(error, `byte ${at} of ${name}`).toMatchObject({ name: 'LabError' });
          }
        }
      }
    }
  });
});
