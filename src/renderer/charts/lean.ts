/** Below this many marks nothing is gained. */
const many = 200;

/**
 * The same option with the long data of its lines and scatters in typed arrays of x, y pairs: of plain
 * arrays the chart copies and inspects every single item, each time it is drawn. Further values of an
 * item, which only our own index reads, are left out; a gap (null or '-') becomes NaN, which is drawn as one.
 * @param option plain ECharts option; not changed
 */
export function lean(option: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { series } = option;
  if (!Array.isArray(series)) return { ...option };
  return { ...option, series: series.map((one: unknown) => (isRecord(one) ? leaner(one) : one)) };
}

function leaner(series: Record<string, unknown>): Record<string, unknown> {
  const { type, data } = series;
  if ((type !== 'line' && type !== 'scatter') || !Array.isArray(data) || data.length < many) {
    return series;
  }
  const pairs = new Float64Array(2 * data.length);
  for (const [i, item] of (data as unknown[]).entries()) {
    if (!Array.isArray(item)) return series;
    const [x, y] = (item as unknown[]).map(valueOf);
    if (x === undefined || y === undefined) return series;
    pairs[2 * i] = x;
    pairs[2 * i + 1] = y;
  }
  return { ...series, data: pairs, dimensions: ['x', 'y'] };
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;
/** A number, NaN for a gap; undefined for anything else. */
const valueOf = (value: unknown): number | undefined =>
  value === null || value === '-' ? NaN : typeof value === 'number' ? value : undefined;
