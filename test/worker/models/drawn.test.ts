import { expect, test } from 'vitest';
import { drawnPictures, drawnRatings, drawnTensor, uniformOf } from '../../helpers/drawn';

/** Printed by test/fixtures/torch/drawn.py: first, second and last value as float32, and the sum of all. */
const python: [string, number[], [number, number, number], number][] = [
  [
    'res.conv1.weight',
    [64, 3, 7, 7],
    [-0.0892886296, -0.0230526477, 0.00780409528],
    -3.56576539272282,
  ],
  ['fc.bias', [5], [0.0116229318, -0.0051908181, -0.0403470211], -0.0173575044609606],
  ['bn.weight', [5], [1.03455377, 1.01210928, 0.977300048], 5.17217624187469],
  ['bn.running_mean', [5], [0.0766536072, 0.0560021028, -0.0283307564], 0.0903775673359632],
  ['bn.running_var', [5], [1.29061091, 1.26108468, 1.18219578], 6.32173585891724],
];

test.each(python)('%s is drawn with the bits that Python draws', (name, shape, ends, sum) => {
  const values = drawnTensor(name, shape);
  expect([values[0], values[1], values.at(-1)]).toEqual(ends.map(Math.fround));
  // The order of summation differs between numpy and this loop.
  expect(values.reduce((a, b) => a + b, 0)).toBeCloseTo(sum, 12);
});

test('pictures and ratings are drawn with the bits that Python draws', () => {
  expect([...drawnPictures([1, 2, 2, 3]).slice(0, 3)]).toEqual(
    [0.769129813, 0.666656852, 0.932238221].map(Math.fround),
  );
  expect([...drawnRatings(3)]).toEqual([21.8115654, 23.6004696, 54.544239].map(Math.fround));
});

test('the generator is FNV-1a and MurmurHash3’s finaliser', () => {
  // FNV-1a of "foobar" is 0xbf9cf968 (the authors' test vectors); u(0) is its finalised form.
  expect(uniformOf('foobar')(0) * 2 ** 32).toBe(finalised(0xbf9cf968));
});

/** MurmurHash3's finaliser in exact integers. */
function finalised(value: number): number {
  let h = BigInt(value);
  h = ((h ^ (h >> 16n)) * 0x85ebca6bn) & 0xffffffffn;
  h = ((h ^ (h >> 13n)) * 0xc2b2ae35n) & 0xffffffffn;
  return Number(h ^ (h >> 16n));
}
