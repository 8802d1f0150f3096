import type { XAXisComponentOption, YAXisComponentOption } from 'echarts';
import type { ChartTheme } from '../../theme';

export interface Ticks {
  readonly min: number;
  readonly max: number;
  readonly step: number;
  /** Ticks at powers of ten; `step` is then unused. */
  readonly log?: boolean;
}

export interface AxisSpec {
  /**
   * Name with unit and n, in one or more wordings from full to brief: the first that fits the chart
   * is drawn. Absent: no title.
   */
  readonly title?: string | readonly string[];
  readonly ticks: Ticks;
  readonly gridIndex?: number;
  /** False where a panel below carries the numbers of a shared axis. */
  readonly labels?: boolean;
  /** Length in chart units the title may take; default: that of the whole chart. */
  readonly room?: number;
  /** Ticks of the axes above and below: their titles and this one stand in line. */
  readonly inLine?: readonly Ticks[];
}

/** Fixed axis of scores on the lab scale, widened only when a score lies outside 0 to 100. */
export function scoreTicks(values: Iterable<number>): Ticks {
  let low = 0;
  let high = 100;
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return low === 0 && high === 100 ? { min: 0, max: 100, step: 20 } : niceTicks(low, high, 6);
}

/** The largest of any number of values, at least `floor`. */
export function largest(values: Iterable<number>, floor = 0): number {
  let highest = floor;
  for (const value of values) highest = Math.max(highest, value);
  return highest;
}

/** Ticks at 1, 2 or 5 times a power of ten that enclose [low, high] in about `count` steps. */
export function niceTicks(low: number, high: number, count = 5): Ticks {
  if (!(high > low))
    return niceTicks(low === 0 ? 0 : Math.min(0, low), Math.max(low, 0) || 1, count);
  const rough = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  // The nearest of 1, 2, 5 and 10 on a logarithmic scale: the bounds are their geometric means.
  const factor = [1, 2, 5].find(
    (each, i) => rough / power < Math.sqrt(each * ([2, 5, 10][i] ?? 10)),
  );
  const step = power * (factor ?? 10);
  // The tolerance keeps a bound that is a multiple up to rounding from adding an empty step.
  const min = Math.floor(low / step + 1e-9) * step;
  const max = Math.ceil(high / step - 1e-9) * step;
  return { min: clean(min, step), max: clean(max, step), step };
}

/** Ticks around values that need not reach zero, such as correlations, with some air at both ends. */
export function looseTicks(values: readonly number[], count = 4): Ticks {
  if (values.length === 0) return niceTicks(0, 1, count);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const air = 0.06 * (high - low) || 0.05 * Math.abs(high) || 0.5;
  return niceTicks(low - air, high + air, count);
}

/** Ticks around correlations: with air, but never beyond -1 and 1. */
export function correlationTicks(values: readonly number[]): Ticks {
  const { min, max, step } = looseTicks(values);
  return { min: Math.max(-1, min), max: Math.min(1, max), step };
}

/** Powers of ten that enclose the positive values; null when there are none. */
export function logTicks(values: Iterable<number>): Ticks | null {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    if (!(value > 0)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (low > high) return null;
  const bottom = Math.floor(Math.log10(low));
  const top = Math.max(bottom + 1, Math.ceil(Math.log10(high)));
  return { min: 10 ** bottom, max: 10 ** top, step: 1, log: true };
}

/** Range of a strip that holds densities; any range will do for a strip that holds none. */
export function densityTicks(highest: number): Ticks {
  return { min: 0, max: 1.05 * highest || 1, step: 1 };
}

/** Where a label to the left of the upper end of the diagonal keeps clear of it. */
export function besideDiagonal(from: number, to: number): { x: number; y: number } {
  return { x: to - 0.07 * (to - from), y: to - 0.025 * (to - from) };
}

/** Exponent that brings the largest value to between 2 and 20; 0 where none is needed. */
export function powerOfTen(values: readonly number[]): number {
  const highest = largest(values.map(Math.abs));
  if (highest === 0) return 0;
  const power = Math.floor(Math.log10(highest / 2));
  return power >= 3 || power <= -2 ? power : 0;
}

const superscripts = '\u207b\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079';

/** "10³ " before a unit, or nothing for the exponent 0. */
export function powerText(power: number): string {
  if (power === 0) return '';
  const digits = Array.from(String(power), (digit) => superscripts['-0123456789'.indexOf(digit)]);
  return `10${digits.join('')} `;
}

/** Removes the binary dust of multiples of a decimal step: 0.30000000000000004 becomes 0.3. */
function clean(value: number, step: number): number {
  return Number(value.toFixed(Math.min(100, Math.max(0, 1 - Math.floor(Math.log10(step))))));
}

/** Bottom axis: a rule, ticks outwards, no grid, the title centred below. */
export function xAxis(theme: ChartTheme, spec: AxisSpec): XAXisComponentOption {
  const gap = theme.tickLength + 1.65 * theme.fontSize;
  // Roughly what the left margin leaves; the title is centred on the axis.
  const room = spec.room ?? (theme.canvas && theme.canvas.width - 4 * theme.fontSize);
  return {
    ...common(theme, spec, room),
    ...scale(spec.ticks),
    position: 'bottom',
    nameGap: spec.labels === false ? 0.4 * theme.fontSize : gap,
  };
}

/** Left axis with its title turned along it, clear of the widest tick label. */
export function yAxis(theme: ChartTheme, spec: AxisSpec): YAXisComponentOption {
  const room = spec.room ?? (theme.canvas && theme.canvas.height - 4 * theme.fontSize);
  const ticks = spec.inLine ?? [spec.ticks];
  const widest =
    spec.labels === false ? 0 : Math.max(...ticks.map((each) => labelWidth(theme, each)));
  return {
    ...common(theme, spec, room),
    ...scale(spec.ticks),
    position: 'left',
    nameGap: widest + theme.tickLength + titleGap * theme.fontSize,
  };
}

/**
 * Bottom axis of named places at 0, 1, 2, ..., equally far apart, for settings and groups. Their
 * names are drawn by `placeNames`, since an axis of numbers cannot carry them as plain data.
 */
export function placesAxis(
  theme: ChartTheme,
  count: number,
  spec: Omit<AxisSpec, 'ticks'>,
): XAXisComponentOption {
  const ticks = { min: -0.5, max: Math.max(0.5, count - 0.5), step: 1 };
  const titled = xAxis(theme, { ...spec, ticks, labels: true });
  const { axisLabel, axisTick, nameGap } = titled as Readonly<Record<string, object | number>>;
  return {
    ...titled,
    nameGap: spec.labels === false ? 0 : nameGap,
    axisTick: { ...(axisTick as object), show: false },
    axisLabel: { ...(axisLabel as object), show: false },
  } as XAXisComponentOption;
}

/** Space in chart units that a left axis with these ticks and a title needs. */
export function leftMargin(theme: ChartTheme, ticks: readonly Ticks[]): number {
  const widest = Math.max(...ticks.map((each) => labelWidth(theme, each)));
  return Math.ceil(widest + theme.tickLength + (titleGap + 1.35) * theme.fontSize);
}

/** Space in chart units that a bottom axis with a title needs. */
export function bottomMargin(theme: ChartTheme): number {
  return Math.ceil(theme.tickLength + 3 * theme.fontSize);
}

/** An axis that only places marks: nothing of it is drawn. */
export function hiddenAxis(
  ticks: Ticks,
  gridIndex: number,
): XAXisComponentOption & YAXisComponentOption {
  return { ...scale(ticks), show: false, gridIndex };
}

/** From a left axis to its title beyond ticks and numbers, in letters: the numbers keep 0.35 from the ticks. */
const titleGap = 0.95;

/** Width of the widest tick label. Digits are 0.6 of the size wide in IBM Plex, 0.56 in Arimo, 0.5 in Tinos. */
function labelWidth(theme: ChartTheme, ticks: Ticks): number {
  const digit = theme.fontFamily.includes('Plex') ? 0.6 : 0.56;
  const { min, max, step } = ticks;
  const decimals = ticks.log
    ? Math.max(0, -Math.round(Math.log10(min)))
    : Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  const widest = Math.max(
    ...[min, max].map((value) => {
      const sign = value < 0 ? 1 : 0;
      const digits = sign + Math.trunc(Math.abs(value)).toString().length;
      // ECharts groups thousands with a comma, half as wide as a digit.
      return digits + 0.5 * Math.floor((digits - 1) / 3);
    }),
  );
  return (widest + (decimals > 0 ? decimals + 0.5 : 0)) * digit * theme.fontSize;
}

function scale(ticks: Ticks): object {
  return ticks.log
    ? { type: 'log', logBase: 10, min: ticks.min, max: ticks.max }
    : { type: 'value', min: ticks.min, max: ticks.max, interval: ticks.step };
}

/** The fullest wording that fits; letters of Tinos are narrower than those of a sans serif. */
function fitting(theme: ChartTheme, wordings: readonly string[], room: number | null): string {
  const letter = (theme.fontFamily.startsWith('Tinos') ? 0.43 : 0.5) * theme.fontSize;
  const space = room ?? 56 * letter;
  return wordings.find((text) => text.length * letter <= space) ?? wordings.at(-1) ?? '';
}

function common(theme: ChartTheme, spec: AxisSpec, room: number | null): object {
  const text = { color: theme.ink, fontFamily: theme.fontFamily, fontSize: theme.fontSize };
  const line = { color: theme.axis, width: theme.axisWidth };
  const labelled = spec.labels !== false;
  return {
    gridIndex: spec.gridIndex ?? 0,
    name: fitting(theme, [spec.title ?? ''].flat(), room),
    nameLocation: 'middle',
    nameMoveOverlap: false,
    nameTextStyle: text,
    axisLine: { show: true, onZero: false, lineStyle: line },
    axisTick: { show: true, inside: false, length: theme.tickLength, lineStyle: line },
    minorTick: { show: false },
    axisLabel: {
      ...text,
      show: labelled,
      margin: theme.tickLength + 0.35 * theme.fontSize,
      hideOverlap: true,
    },
    splitLine: { show: false },
    splitArea: { show: false },
    axisPointer: { show: false },
  };
}
