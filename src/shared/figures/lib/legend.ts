import type { LegendComponentOption } from 'echarts';
import type { StudyRun } from '../../domain/study';
import { runLabel } from '../../study/select';
import type { ChartTheme } from '../../theme';
import { leftMargin, type Ticks } from './axes';
import { markerShape, markerStyle, regimeColour } from './marks';

/** One entry of a legend. */
export interface Key {
  readonly name: string;
  readonly icon: string;
  readonly style: object;
}

/** A legend of as many lines as its entries need, and the height it takes above the plots. */
export interface Legend {
  readonly legend: LegendComponentOption[];
  readonly height: number;
}

interface Layout {
  /** Where the first entry begins. */
  readonly left: number;
  /** Whether entries show a mark or a short line. */
  readonly icon: 'line' | 'mark';
  /** Space between entries. */
  readonly gap: number;
  /** Whether a click on an entry hides what it stands for. */
  readonly selectable?: boolean;
}

/** Breaks the entries into lines ourselves: lines that ECharts makes run into the plot. */
export function legendLines(theme: ChartTheme, keys: readonly Key[], layout: Layout): Legend {
  const em = theme.fontSize;
  const { left, icon, gap, selectable = false } = layout;
  const size = theme.markerSize * 1.15;
  const iconWidth = icon === 'line' ? 1.6 * em : size;
  const room = (theme.canvas?.width ?? 60 * em) - left;
  const lines: Key[][] = [[]];
  let used = 0;
  for (const key of keys) {
    const width = iconWidth + 0.55 * em + 0.55 * em * key.name.length;
    if (used + width > room && used > 0) {
      lines.push([]);
      used = 0;
    }
    lines.at(-1)?.push(key);
    used += width + gap;
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
    selectedMode: selectable,
    textStyle: {
      color: theme.ink,
      fontFamily: theme.fontFamily,
      fontSize: em,
      // ECharts adds a fixed gap of 5 units of its own.
      padding: [0, 0, 0, 0.55 * em - 5],
    },
    data: line.map(({ name, icon: shape, style }) => ({ name, icon: shape, itemStyle: style })),
  }));
  return { legend, height: 0.35 * em + lines.length * pitch };
}

/**
 * Legend of the runs of one pair above a plot with these left axes, with marks exactly like those in the plot, or with
 * short lines for figures without marks.
 */
export function runLegend(
  theme: ChartTheme,
  runs: readonly StudyRun[],
  yTicks: readonly Ticks[],
  icon: 'line' | 'mark' = 'mark',
): Legend {
  const keys = runs.map((run): Key => {
    const name = runLabel(run);
    if (icon === 'mark')
      return { name, icon: markerShape(run.slot), style: markerStyle(run, theme) };
    return { name, icon: 'rect', style: { color: regimeColour(run, theme), borderWidth: 0 } };
  });
  return legendLines(theme, keys, {
    left: leftMargin(theme, yTicks),
    icon,
    gap: 1.5 * theme.fontSize,
    selectable: theme.interactive,
  });
}
