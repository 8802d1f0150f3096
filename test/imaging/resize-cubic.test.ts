import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { resizeCubic } from '@imaging/resize-cubic';

interface Case {
  readonly from: readonly [number, number];
  readonly to: readonly [number, number];
  readonly step: number;
  readonly samples: readonly number[];
  readonly sum: number;
}

const path = join(import.meta.dirname, '..', 'fixtures', 'cv2', 'cubic.json');
const { opencv, cases } = JSON.parse(readFileSync(path, 'utf8')) as {
  opencv: string;
  cases: Case[];
};

/** The formula of test/fixtures/cv2/make.py. */
function picture(width: number, height: number): Uint8Array {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < 3; c++) {
        data[at++] = (x * 7 + y * 13 + c * 29 + ((x * y) % 11) * 17 + ((x ^ y) & 31) * 5) % 256;
      }
    }
  }
  return data;
}

test.each(cases)(`$from to $to is OpenCV ${opencv}’s, to one level`, (wanted) => {
  const [width, height] = wanted.from;
  const [toWidth, toHeight] = wanted.to;
  const image = { width, height, data: picture(width, height) };
  const { data } = resizeCubic(image, toHeight, toWidth);
  const got = Array.from(data).filter((_, i) => i % wanted.step === 0);
  expect(got).toHaveLength(wanted.samples.length);
  const off = got.map((value, i) => Math.abs(value - (wanted.samples[i] ?? NaN)));
  expect(Math.max(...off)).toBeLessThanOrEqual(1);
  // At most one sample in twenty may be that one level off.
  const mean = data.reduce((sum, value) => sum + value, 0) / data.length;
  expect(Math.abs(mean - wanted.sum / data.length)).toBeLessThan(0.05);
});

test('a picture that keeps its size keeps every sample', () => {
  const image = { width: 16, height: 9, data: picture(16, 9) };
  expect(resizeCubic(image, 9, 16).data).toEqual(image.data);
});
