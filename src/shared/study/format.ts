import type { Measured } from '../stats/measured';

/** Fixed decimals with a true minus sign; "-0.000" becomes "0.000". */
export function fixed(value: number, digits: number): string {
  const text = value.toFixed(digits);
  const isZero = !/[1-9]/.test(text);
  return isZero ? text.replace('-', '') : text.replace('-', '\u2212');
}

/** A measure with fixed decimals, or "undefined". */
export function measuredText(measured: Measured, digits: number): string {
  return measured.value === null ? 'undefined' : fixed(measured.value, digits);
}

/** About three significant digits without an exponent where that stays short: 0.0123, 4.56, 1230. */
export function short(value: number): string {
  if (value === 0) return '0';
  const magnitude = Math.floor(Math.log10(Math.abs(value)));
  if (magnitude < -4 || magnitude > 5) return scientific(value);
  return fixed(value, Math.max(0, 2 - magnitude));
}

function scientific(value: number): string {
  const [mantissa = '', exponent = ''] = value.toExponential(1).split('e');
  const power = exponent.replace('+', '').replace('-', '\u2212');
  return `${mantissa.replace('-', '\u2212')}\u00d710^${power}`;
}

/** "a", "a and b", "a, b and c". */
export function listed(items: readonly string[]): string {
  if (items.length < 2) return items.join('');
  return `${items.slice(0, -1).join(', ')} and ${items.at(-1) ?? ''}`;
}

/** "n = 60" when all counts agree, else "n = 60 and 58". */
export function countText(counts: readonly number[]): string {
  return `n = ${listed([...new Set(counts)].map(String))}`;
}
