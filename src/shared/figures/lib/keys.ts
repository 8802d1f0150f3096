import type { ScatterSeriesOption } from 'echarts';
import type { StudyRun } from '../../domain/study';
import { regimeLabel } from '../../study/models';
import type { ChartTheme } from '../../theme';
import { legendLines, type Key, type Legend } from './legend';
import { markerShape, regimeColour } from './marks';

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
 * Legend of entries that stand for no series of their own. The empty series give every entry something to stand for,
 * which ECharts asks of a legend.
 */
export function keyLegend(
  theme: ChartTheme,
  keys: readonly Key[],
  left: number,
  icon: 'line' | 'mark' = 'mark',
): Legend & { series: ScatterSeriesOption[] } {
  const series = keys.map(({ name }): ScatterSeriesOption => ({
    type: 'scatter',
    name,
    data: [],
    silent: true,
    animation: false,
  }));
  return { ...legendLines(theme, keys, { left, icon, gap: 1.1 * theme.fontSize }), series };
}

function order(run: StudyRun): number {
  return run.run.regime === 'baseline' ? 0 : 1;
}
