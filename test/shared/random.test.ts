import { describe, expect, test } from 'vitest';
import { philox4x32, random } from '@shared/random';

const words = (text: string): Uint32Array =>
  Uint32Array.from(text.split(' '), (word) => Number.parseInt(word, 16));

describe('Philox4x32-10 equals the known answers of Random123 (kat_vectors, Salmon et al. 2011)', () => {
  test.each([
    ['0 0 0 0', '0 0', '6627e8d5 e169c58d bc57ac4c 9b00dbd8'],
    [
      'ffffffff ffffffff ffffffff ffffffff',
      'ffffffff ffffffff',
      '408f276d 41c83b0e a20bc7c6 6d5451fd',
    ],
    [
      '243f6a88 85a308d3 13198a2e 03707344',
      'a4093822 299f31d0',
      'd16cfe09 94fdcceb 5001e420 24126ea1',
    ],
  ])('counter %s, key %s', (counter, key, expected) => {
    const out = new Uint32Array(4);
    philox4x32(words(counter), words(key), out);
    expect(out).toEqual(words(expected));
  });
});

describe('addresses', () => {
  test('the same address draws the same numbers again', () => {
    const draw = (): number[] => {
      const stream = random(7, 'split', 2, 5);
      return Array.from({ length: 9 }, () => stream.uint32());
    };
    expect(draw()).toEqual(draw());
  });

  test('seed, purpose, epoch and index each change the stream', () => {
    const first = [
      random(7, 'split', 2, 5),
      random(8, 'split', 2, 5),
      random(7 + 2 ** 32, 'split', 2, 5),
      random(7, 'views', 2, 5),
      random(7, 'split', 3, 5),
      random(7, 'split', 2, 6),
    ].map((stream) => stream.uint32());
    expect(new Set(first).size).toBe(first.length);
  });

  test('a seed, epoch or index that is not a counter is refused by name', () => {
    expect(() => random(-1, 'split')).toThrow('seed must be an integer');
    expect(() => random(0.5, 'split')).toThrow('seed must be an integer');
    expect(() => random(1, 'split', 2 ** 32)).toThrow('epoch must be an integer');
    expect(() => random(1, 'split', 0, Number.NaN)).toThrow('index must be an integer');
  });
});

describe('distributions', () => {
  test('uniforms stay in the half-open interval and have its mean and variance', () => {
    const values = random(1, 'uniform').uniforms(20_000, -2, 3);
    expect(Math.min(...values)).toBeGreaterThanOrEqual(-2);
    expect(Math.max(...values)).toBeLessThan(3);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
    // Standard errors are 0.0102 (mean) and 0.0132 (variance); five of each.
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.051);
    expect(Math.abs(variance - 25 / 12)).toBeLessThan(0.066);
  });

  test('normals have mean, variance and tail of the normal law', () => {
    const values = random(1, 'normal').normals(20_000);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
    const tail = values.filter((value) => Math.abs(value) > 1.959964).length / values.length;
    // Standard errors are 0.00707, 0.01 and 0.00154; five of each.
    expect(Math.abs(mean)).toBeLessThan(0.0354);
    expect(Math.abs(variance - 1)).toBeLessThan(0.05);
    expect(Math.abs(tail - 0.05)).toBeLessThan(0.0077);
  });

  test('the portable logarithm inside normal agrees with Math.log', () => {
    // A normal pair satisfies z0^2 + z1^2 = -2 ln(square): recover it from the same uniforms.
    const normals = random(3, 'pair');
    const uniforms = random(3, 'pair');
    for (let i = 0; i < 200; i++) {
      const radius = normals.normal() ** 2 + normals.normal() ** 2;
      let square = 1;
      while (square >= 1) square = uniforms.uniform(-1, 1) ** 2 + uniforms.uniform(-1, 1) ** 2;
      // rtol 1e-14: a handful of double roundings.
      expect(Math.abs(radius + 2 * Math.log(square))).toBeLessThan(1e-14 * (1 + radius));
    }
  });

  test('integers below a bound are all reached equally often', () => {
    const stream = random(5, 'integers');
    const counts = new Array<number>(7).fill(0);
    for (let i = 0; i < 14_000; i++) {
      const draw = stream.integer(7);
      counts[draw] = (counts[draw] ?? 0) + 1;
    }
    // Standard deviation of each count is 41.4; five of them.
    for (const count of counts) expect(Math.abs(count - 2000)).toBeLessThan(207);
    expect(() => stream.integer(0)).toThrow('integer bound');
  });

  test('a permutation holds each element once and depends on the address', () => {
    const order = random(11, 'shuffle', 0).permutation(100);
    expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, i) => i));
    expect(random(11, 'shuffle', 0).permutation(100)).toEqual(order);
    expect(random(11, 'shuffle', 1).permutation(100)).not.toEqual(order);
    expect(random(11, 'shuffle').permutation(0)).toEqual([]);
  });
});
