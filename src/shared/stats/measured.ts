/**
 * A statistic that may not exist. Tables and charts show the reason where there is no value; 0 and
 * NaN never stand in for "undefined".
 */
export type Measured =
  { readonly value: number } | { readonly value: null; readonly reason: string };

/** A plain list or typed array of numbers. */
export type Vector = ArrayLike<number>;

/** A statistic that could not be computed, and why, in words that fit after "undefined:". */
export function undefinedBecause(reason: string): Measured {
  return { value: null, reason };
}

/**
 * Checks one vector of a statistic.
 * @throws RangeError when an entry is NaN or infinite: a score that is not a number is a fault
 *   upstream, never data
 */
export function assertFinite(what: string, x: Vector): void {
  for (let i = 0; i < x.length; i++) {
    const value = x[i];
    if (value === undefined || !Number.isFinite(value)) {
      throw new RangeError(`${what}: entry ${i} must be a finite number, got ${value}`);
    }
  }
}

/**
 * Checks two vectors that belong together entry by entry.
 * @throws RangeError when the lengths differ or an entry is NaN or infinite
 */
export function assertPaired(what: string, x: Vector, y: Vector): void {
  if (x.length !== y.length) {
    throw new RangeError(`${what}: vectors must be equally long, got ${x.length} and ${y.length}`);
  }
  assertFinite(what, x);
  assertFinite(what, y);
}

/** Why no correlation of x and y exists, or null where one does. */
export function whyNoCorrelation(x: Vector, y: Vector): string | null {
  if (x.length < 2) return x.length === 0 ? 'no images' : 'one image only';
  if (isConstant(x)) return `the first of the two is constant (${x[0]})`;
  if (isConstant(y)) return `the second of the two is constant (${y[0]})`;
  return null;
}

function isConstant(x: Vector): boolean {
  for (let i = 1; i < x.length; i++) if (x[i] !== x[0]) return false;
  return true;
}

/** Entry i of a vector whose length was checked; keeps index arithmetic free of undefined. */
export function at(x: Vector, i: number): number {
  const value = x[i];
  if (value === undefined) throw new RangeError(`at: index ${i} outside 0 to ${x.length - 1}`);
  return value;
}
