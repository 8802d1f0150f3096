/** Counts of values in equal bins over [min, max]; the last bin is closed at both ends. */
export function binCounts(
  values: readonly number[],
  min: number,
  max: number,
  bins: number,
): readonly number[] {
  const counts = new Array<number>(bins).fill(0);
  const width = max - min;
  if (!(width > 0)) return counts;
  for (const value of values) {
    if (value < min || value > max) continue;
    const bin = Math.min(bins - 1, Math.floor(((value - min) / width) * bins));
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return counts;
}

/** Smallest and largest value, widened to whole units so that an axis ends on round numbers. */
export function roundExtent(values: readonly number[]): readonly [number, number] {
  if (values.length === 0) return [0, 1];
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  const span = high - low || 1;
  const unit = 10 ** Math.floor(Math.log10(span / 2));
  return [Math.floor(low / unit) * unit, Math.ceil(high / unit) * unit];
}
