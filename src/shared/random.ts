/**
 * Counter-based randomness: every draw is a function of (seed, purpose, epoch, index) and of its place in
 * that stream. There is no generator state to save, so a resumed run draws what the uninterrupted one would have.
 *
 * Generator: Philox4x32-10 (Salmon, Moraes, Dror & Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011).
 * Only exactly rounded operations (+ - * / sqrt) are used, so the same address gives the same bits on every platform.
 */
const MULTIPLIER_0 = 0xd2511f53;
const MULTIPLIER_1 = 0xcd9e8d57;
const WEYL_0 = 0x9e3779b9;
const WEYL_1 = 0xbb67ae85;
const TWO_32 = 4294967296;

/**
 * High 32 bits of the product of two unsigned 32-bit integers, as a signed one; Math.imul gives the low ones. Partial products of 16-bit
 * halves stay below 2^32, so everything is 32-bit integer arithmetic.
 */
function multiplyHigh(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const cross = (Math.imul(aHigh, bLow) + (Math.imul(aLow, bLow) >>> 16)) | 0;
  const other = (Math.imul(aLow, bHigh) + (cross & 0xffff)) | 0;
  return (Math.imul(aHigh, bHigh) + (cross >>> 16) + (other >>> 16)) | 0;
}

/**
 * One block of Philox4x32-10 (Salmon et al., 2011, section 3.2): ten rounds over a 128-bit counter with a 64-bit key.
 *
 * @param counter four unsigned 32-bit words
 * @param key two unsigned 32-bit words
 * @param out receives four unsigned 32-bit words
 */
export function philox4x32(counter: Uint32Array, key: Uint32Array, out: Uint32Array): void {
  let [c0 = 0, c1 = 0, c2 = 0, c3 = 0] = counter;
  let [k0 = 0, k1 = 0] = key;
  for (let round = 0; round < 10; round++) {
    const high0 = multiplyHigh(MULTIPLIER_0, c0);
    const low0 = Math.imul(MULTIPLIER_0, c0);
    const high1 = multiplyHigh(MULTIPLIER_1, c2);
    const low1 = Math.imul(MULTIPLIER_1, c2);
    c0 = high1 ^ c1 ^ k0;
    c1 = low1;
    c2 = high0 ^ c3 ^ k1;
    c3 = low0;
    k0 = (k0 + WEYL_0) | 0;
    k1 = (k1 + WEYL_1) | 0;
  }
  out[0] = c0;
  out[1] = c1;
  out[2] = c2;
  out[3] = c3;
}

/** FNV-1a over UTF-16 code units, 32 bits: turns a purpose such as "train/shuffle" into a counter word. */
function hashPurpose(purpose: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < purpose.length; i++)
    hash = Math.imul(hash ^ purpose.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

const floatView = new DataView(new ArrayBuffer(8));

/**
 * Natural logarithm of a positive normal double from exactly rounded operations only: Math.log may differ between
 * platforms in the last bit. x = m * 2^e with m in [sqrt(1/2), sqrt(2)), ln m = 2 atanh((m - 1)/(m + 1)); with
 * |s| < 0.172 the series is below 2^-56 after twelve terms.
 */
function portableLog(x: number): number {
  floatView.setFloat64(0, x);
  const high = floatView.getUint32(0);
  let exponent = (high >>> 20) - 1023;
  floatView.setUint32(0, (high & 0x000fffff) | (1023 << 20));
  let mantissa = floatView.getFloat64(0);
  if (mantissa > Math.SQRT2) {
    mantissa /= 2;
    exponent += 1;
  }
  const s = (mantissa - 1) / (mantissa + 1);
  const square = s * s;
  let sum = 0;
  for (let k = 25; k >= 1; k -= 2) sum = sum * square + 1 / k;
  return exponent * Math.LN2 + 2 * s * sum;
}

function assertCount(name: string, value: number, limit: number): void {
  if (!Number.isSafeInteger(value) || value < 0 || value >= limit) {
    throw new RangeError(`random: ${name} must be an integer in [0, ${limit}), got ${value}`);
  }
}

/** Sequential draws from one address; obtain it with `random`. Two streams never share a block. */
export class RandomStream {
  readonly #key: Uint32Array;
  readonly #counter: Uint32Array;
  readonly #block = new Uint32Array(4);
  #used = 4;
  #spareNormal: number | undefined;

  constructor(key: Uint32Array, counter: Uint32Array) {
    this.#key = key;
    this.#counter = counter;
  }

  /** The next unsigned 32-bit integer of the stream. */
  uint32(): number {
    if (this.#used === 4) {
      philox4x32(this.#counter, this.#key, this.#block);
      this.#counter[0] = (this.#counter[0] ?? 0) + 1;
      this.#used = 0;
    }
    return this.#block[this.#used++] ?? 0;
  }

  /** Uniform double in [low, high) with 53 random bits; default [0, 1). */
  uniform(low = 0, high = 1): number {
    const upper = this.uint32() >>> 5;
    const lower = this.uint32() >>> 6;
    return low + (high - low) * ((upper * 67108864 + lower) / 9007199254740992);
  }

  /** Unbiased integer in [0, bound), bound at most 2^32; draws above the last full multiple of bound are rejected. */
  integer(bound: number): number {
    if (!Number.isInteger(bound) || bound < 1 || bound > TWO_32) {
      throw new RangeError(`random: integer bound must be an integer in [1, 2^32], got ${bound}`);
    }
    const limit = TWO_32 - (TWO_32 % bound);
    for (;;) {
      const draw = this.uint32();
      if (draw < limit) return draw % bound;
    }
  }

  /** Normal variate by the polar method (Marsaglia & Bray, 1964), which needs no trigonometry. */
  normal(mean = 0, deviation = 1): number {
    if (this.#spareNormal !== undefined) {
      const spare = this.#spareNormal;
      this.#spareNormal = undefined;
      return mean + deviation * spare;
    }
    for (;;) {
      const u = this.uniform(-1, 1);
      const v = this.uniform(-1, 1);
      const square = u * u + v * v;
      if (square >= 1 || square === 0) continue;
      const factor = Math.sqrt((-2 * portableLog(square)) / square);
      this.#spareNormal = v * factor;
      return mean + deviation * u * factor;
    }
  }

  /** `count` uniform values in [low, high) as float32. A value that rounds up to `high` is drawn again. */
  uniforms(count: number, low = 0, high = 1): Float32Array {
    const values = new Float32Array(count);
    const ceiling = Math.fround(high);
    for (let i = 0; i < count; i++) {
      let value = Math.fround(this.uniform(low, high));
      while (value >= ceiling && high > low) value = Math.fround(this.uniform(low, high));
      values[i] = value;
    }
    return values;
  }

  /** `count` normal values as float32. */
  normals(count: number, mean = 0, deviation = 1): Float32Array {
    const values = new Float32Array(count);
    for (let i = 0; i < count; i++) values[i] = this.normal(mean, deviation);
    return values;
  }

  /** A uniformly random order of 0 .. count - 1 (Fisher-Yates, Durstenfeld's form). */
  permutation(count: number): number[] {
    const order = Array.from({ length: count }, (_, i) => i);
    for (let i = count - 1; i > 0; i--) {
      const j = this.integer(i + 1);
      const other = order[j] ?? 0;
      order[j] = order[i] ?? 0;
      order[i] = other;
    }
    return order;
  }
}

/**
 * The stream of draws that belongs to one address.
 *
 * @param seed the run's seed, an integer in [0, 2^53)
 * @param purpose what is drawn, e.g. "split" or "train/shuffle"; different purposes are independent
 * @param epoch integer in [0, 2^32), default 0
 * @param index item within the epoch (image, view, layer ...), integer in [0, 2^32), default 0
 */
export function random(seed: number, purpose: string, epoch = 0, index = 0): RandomStream {
  assertCount('seed', seed, Number.MAX_SAFE_INTEGER + 1);
  assertCount('epoch', epoch, TWO_32);
  assertCount('index', index, TWO_32);
  const key = Uint32Array.of(seed % TWO_32, Math.floor(seed / TWO_32));
  return new RandomStream(key, Uint32Array.of(0, index, epoch, hashPurpose(purpose)));
}
