/**
 * Which pictures look the same, judged by their 64-bit difference hashes (src/imaging/hash.ts).
 *
 * The limit of 2 bits was measured on LIVEC (1162 photographs, 674,541 pairs). Up to 2 bits there are four pairs, and all
 * four do show one scene: 246/333 (byte-identical), 672/694, 904/912, 896/897. At 3 bits the first false pair appears.
 * Of copies of 194 of the photographs, 2 bits find all at JPEG quality 75, 99.5 % at half size or at 224 x 224, 99 %
 * after a Gaussian blur of 3 pixels, 88 % after 10 % more brightness, but only 36 % after a crop of 2 % at each edge.
 */
export const NEAR_BITS = 2;

/** A hash with fewer set or unset bits than this comes from a nearly flat picture and says nothing about its content. */
const MIN_INFORMATIVE_BITS = 4;

function popcount32(word: number): number {
  let bits = word - ((word >>> 1) & 0x55555555);
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** How many of their 64 bits two hashes of 16 hex digits differ in. */
export function hammingDistance(a: string, b: string): number {
  let distance = 0;
  for (const at of [0, 8]) {
    const difference =
      Number.parseInt(a.slice(at, at + 8), 16) ^ Number.parseInt(b.slice(at, at + 8), 16);
    distance += popcount32(difference);
  }
  return distance;
}

function isInformative(hash: string): boolean {
  const set = hammingDistance(hash, '0000000000000000');
  return set >= MIN_INFORMATIVE_BITS && set <= 64 - MIN_INFORMATIVE_BITS;
}

export interface NearPair {
  /** Indices into the list given, a below b. */
  readonly a: number;
  readonly b: number;
  readonly bits: number;
}

/** Three pieces of a hash: two hashes that differ in at most two bits agree in at least one of them. */
const pieces = [
  [0, 5],
  [5, 10],
  [10, 16],
] as const;

/** Every pair of hashes at most `NEAR_BITS` apart, each once; flat pictures are left out. */
export function* nearPairs(hashes: readonly string[]): Generator<NearPair> {
  for (const [pieceIndex, [from, to]] of pieces.entries()) {
    const buckets = new Map<string, number[]>();
    for (const [index, hash] of hashes.entries()) {
      if (!isInformative(hash)) continue;
      const key = hash.slice(from, to);
      const bucket = buckets.get(key);
      if (!bucket) {
        buckets.set(key, [index]);
        continue;
      }
      for (const other of bucket) {
        const otherHash = hashes[other] ?? '';
        const seenBefore = pieces
          .slice(0, pieceIndex)
          .some(([start, end]) => hash.slice(start, end) === otherHash.slice(start, end));
        if (seenBefore) continue;
        const bits = hammingDistance(hash, otherHash);
        if (bits <= NEAR_BITS) yield { a: other, b: index, bits };
      }
      bucket.push(index);
    }
  }
}
