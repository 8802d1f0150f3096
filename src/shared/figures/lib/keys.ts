import type { LegendComponentOption, ScatterSeriesOption } from 'echarts';
import type { StudyRun } from '../../domain/study';
import { regimeLabel } from '../../study/models';
import type { ChartTheme } from '../../theme';
import { markerShape, regimeColour } from './marks';

/** One entry of a legend that explains marks of several runs at once. */
export interface Key {
  readonly name: string;
  readonly icon: string;
  readonly style: object;
}

/** What colour and fill mean: one entry per regime among the runs, baseline first. */
export function regimeKeys(
  theme: ChartTheme,
  runs: readonly StudyRun[],
  icon: 'line' | 'mark',
): Key[] {
  const byLabel = new Map(runs.map((run) => [regimeLabel(run), run]));
  const ordered = [...byLabel].sort(([, a], [, b]) => order(a) - order(b));
  return ordered.map(([name, run]) => {
    const colour = regimeColour(run, theme);
    if (icon === 'line') return { name, icon: 'rect', style: { color: colour, borderWidth: 0 } };
    return { name, icon: 'circle', style: markStyle(theme, colour, run.run.regime !== 'baseline') };
  });
}

/** What shape means: one entry per model, in ink, or in the model's colour where colour means model. */
export function modelKeys(theme: ChartTheme, runs: readonly StudyRun[], coloured: boolean): Key[] {
  const byTitle = new Map(runs.map((run) => [run.modelTitle, run]));
  return [...byTitle].map(([name, run]) => ({
    name,
    icon: markerShape(run.slot),
    style: markStyle(theme, coloured ? modelColour(run, theme) : theme.inkMuted, coloured),
  }));
}

/** Colour of a run's model, for figures in which colour does not mean the regime. */
export function modelColour(run: StudyRun, theme: ChartTheme): string {
  return theme.model[run.slot % theme.model.length] ?? theme.ink;
}

/** Hollow or filled in one colour, with the outline of the scatter marks. */
export function markStyle(theme: ChartTheme, colour: string, filled: boolean): object {
  const weight = theme.lineWidth;
  return filled
    ? { color: colour, borderColor: theme.background, borderWidth: 0.2 * weight, opacity: 1 }
    : { color: 'transparent', borderColor: colour, borderWidth: 0.6 * weight, opacity: 1 };
}

/** A run's mark where it stands on a line: hollow ones hide the line inside them. */
export function regimeMark(run: StudyRun, theme: ChartTheme): object {
  return onLine(theme, regimeColour(run, theme), run.run.regime !== 'baseline');
}

/** As `markStyle`, for a mark on a line. */
export function onLine(theme: ChartTheme, colour: string, filled: boolean): object {
  const style = markStyle(theme, colour, filled);
  return filled ? style : { ...style, color: theme.background };
}

/**
 * Legends of one line each, as many as the entries need at this width, and the height they take.
 * The empty series give every entry something to stand for, which ECharts asks of a legend.
 */
export function keyLegend(
  theme: ChartTheme,
  keys: readonly Key[],
  left: number,
  icon: 'line' | 'mark' = 'mark',
): { legend: LegendComponentOption[]; series: ScatterSeriesOption[]; height: number } {
  const em = theme.fontSize;
  const size = theme.markerSize * 1.15;
  const iconWidth = icon === 'line' ? 1.6 * em : size;
  const gap = 1.1 * em;
  const room = (theme.canvas?.width ?? 60 * em) - left;
  const lines: Key[][] = [[]];
  let used = 0;
  for (const key of keys) {
    const width = iconWidth + 0.55 * em + 0.55 * em * key.name.length + gap;
    if (used + width > room && used > 0) {
      lines.push([]);
      used = 0;
    }
    lines.at(-1)?.push(key);
    used += width;
  }
  const pitch = 1.35 * em;
  const legend = lines.map((line, i): LegendComponentOption => ({
    show: true,
    left,
    top: 0.15 * em + i * pitch,
    padding: 0,
    itemGap: gap,
    itemWidth: iconWidth,
    itemHeight: icon === 'line' ? theme.lineWidth : size,
    selectedMode: false,
    textStyle: {
      color: theme.ink,
      fontFamily: theme.fontFamily,
      fontSize: em,
      padding: [0, 0, 0, 0.55 * em - 5],
    },
    data: line.map(({ name, icon: shape, style }) => ({ name, icon: shape, itemStyle: style })),
  }));
  const series = keys.map(({ name }): ScatterSeriesOption => ({
    type: 'scatter',
    name,
    data: [],
    silent: true,
    animation: false,
  }));
  return { legend, series, height: 0.35 * em + lines.length * pitch };
}

function order(run: StudyRun): number {
  return run.run.regime === 'baseline' ? 0 : 1;
}
