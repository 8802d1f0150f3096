/** How the values of a range lie: equal steps, or equal ratios. */
export type Scale = 'linear' | 'log';

export interface Range {
  readonly from: number;
  readonly to: number;
  /** How many values, both ends among them. */
  readonly count: number;
  readonly scale: Scale;
}

/** A value that a person can read and type again: the noise of the last digits is cut off. */
const digits = 6;

/**
 * The values of a range, both ends exactly as given, those between rounded to 6 significant digits.
 * @param whole round those between to whole numbers; equal neighbours count once
 */
export function spread({ from, to, count, scale }: Range, whole = false): number[] {
  const at = (i: number): number => {
    if (i === 0) return from;
    if (i === count - 1) return to;
    const share = i / (count - 1);
    const value = scale === 'log' ? from * Math.pow(to / from, share) : from + (to - from) * share;
    return whole ? Math.round(value) : Number(value.toPrecision(digits));
  };
  return [...new Set(Array.from({ length: count }, (_, i) => at(i)))];
}

/** What is wrong with a range, in a sentence; null where nothing is. */
export function rangeProblem({ from, to, count, scale }: Range): string | null {
  if (![from, to].every(Number.isFinite)) return 'a range needs a first and a last value.';
  if (!Number.isInteger(count) || count < 2 || count > 100) {
    return 'a range needs from 2 to 100 values.';
  }
  if (from === to) return 'the ends of a range must differ.';
  if (scale === 'log' && !(from > 0 && to > 0)) {
    return 'equal ratios need both ends above 0.';
  }
  return null;
}
