import { describe, expect, it } from 'vitest';
import { random } from '@shared/random';
import { hammingDistance, NEAR_BITS, nearPairs } from '@shared/splits/look-alike';

/** `hash` with the given bits (0 = leftmost) turned. */
function turned(hash: string, ...bits: number[]): string {
  let value = BigInt(`0x${hash}`);
  for (const bit of bits) value ^= 1n << BigInt(63 - bit);
  return value.toString(16).padStart(16, '0');
}

const hash = 'f0c3c1e4fcfc1cb8';

describe('hammingDistance', () => {
  it('counts the bits in which two hashes differ', () => {
    expect(hammingDistance(hash, hash)).toBe(0);
    expect(hammingDistance('0000000000000000', 'ffffffffffffffff')).toBe(64);
    expect(hammingDistance(hash, turned(hash, 0, 31, 32, 63))).toBe(4);
  });
});

describe('nearPairs', () => {
  it('finds every pair at most two bits apart exactly once, as a search over all pairs does', () => {
    const stream = random(5, 'test/hashes');
    const base = Array.from({ length: 8 }, () => {
      const word = () => stream.uint32().toString(16).padStart(8, '0');
      return word() + word();
    });
    const hashes = Array.from({ length: 160 }, (_, i) => {
      const flips = Array.from({ length: stream.integer(4) }, () => stream.integer(64));
      return turned(base[i % base.length] ?? '', ...flips);
    });
    const expected: string[] = [];
    for (let a = 0; a < hashes.length; a++) {
      for (let b = a + 1; b < hashes.length; b++) {
        const bits = hammingDistance(hashes[a] ?? '', hashes[b] ?? '');
        if (bits <= NEAR_BITS) expected.push(`${a} ${b} ${bits}`);
      }
    }
    const found = [...nearPairs(hashes)].map(({ a, b, bits }) => `${a} ${b} ${bits}`);
    expect(expected.length).toBeGreaterThan(100);
    expect(found.sort()).toEqual(expected.sort());
  });

  it('does not call two flat pictures alike: their hashes say nothing', () => {
    expect([...nearPairs(['0000000000000000', '0000000000000001'])]).toEqual([]);
    expect([...nearPairs(['ffffffffffffffff', 'ffffffffffffffff'])]).toEqual([]);
  });
});
