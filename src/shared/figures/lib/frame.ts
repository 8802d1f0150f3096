import type { GridComponentOption } from 'echarts';
import type { ChartTheme } from '../../theme';
import { bottomMargin, leftMargin, type Ticks } from './axes';

/** Space for one line of legend above a plot. */
export function legendHeight(theme: ChartTheme): number {
  return 1.7 * theme.fontSize;
}

/** One plotting area with room for both axis titles and a legend line. */
export function singleFrame(theme: ChartTheme, yTicks: Ticks): GridComponentOption {
  return plain({
    left: leftMargin(theme, [yTicks]),
    right: 1.2 * theme.fontSize,
    top: legendHeight(theme) + 0.4 * theme.fontSize,
    bottom: bottomMargin(theme),
  });
}

/**
 * A main area with a strip on its right for the density of y and, if asked, one above for the
 * density of x. Grids in the order main, right, top.
 */
export function marginalFrame(
  theme: ChartTheme,
  yTicks: Ticks,
  withTop: boolean,
): GridComponentOption[] {
  const left = leftMargin(theme, [yTicks]);
  const bottom = bottomMargin(theme);
  const head = legendHeight(theme);
  const strip = 4.2 * theme.fontSize;
  const gap = 0.5 * theme.fontSize;
  const top = withTop ? head + strip * 0.75 + gap : head + 0.4 * theme.fontSize;
  const right = strip + gap + 0.3 * theme.fontSize;
  const main = plain({ left, right, top, bottom });
  const side = plain({ width: strip, right: 0.3 * theme.fontSize, top, bottom });
  if (!withTop) return [main, side];
  return [main, side, plain({ left, right, top: head, height: strip * 0.75 })];
}

/** A plot whose bottom axis carries one row of ticks per run. Grids in the order rows, plot. */
export function rugFrame(theme: ChartTheme, yTicks: Ticks, rows: number): GridComponentOption[] {
  const left = leftMargin(theme, [yTicks]);
  const right = 1.2 * theme.fontSize;
  const foot = bottomMargin(theme);
  const height = rows * 0.85 * theme.fontSize;
  return [
    plain({ left, right, height, bottom: foot }),
    // Room above for the direct label of the highest curve.
    plain({ left, right, top: 1.6 * theme.fontSize, bottom: foot + height + 0.2 * theme.fontSize }),
  ];
}

/**
 * Areas of equal height above one another that share the bottom axis. Where the size of the chart
 * is not known, the margins are shares of it that suit a chart of 300 or more in height.
 */
export function stackedFrames(theme: ChartTheme, yTicks: readonly Ticks[]): GridComponentOption[] {
  const left = leftMargin(theme, yTicks);
  const right = 1.2 * theme.fontSize;
  // Tick labels at the ends of neighbouring axes are centred on them.
  const gap = 1.3 * theme.fontSize;
  if (theme.canvas) {
    const head = legendHeight(theme) + 0.4 * theme.fontSize;
    const room = theme.canvas.height - head - bottomMargin(theme) - gap * (yTicks.length - 1);
    const height = room / yTicks.length;
    return yTicks.map((_, i) => plain({ left, right, top: head + i * (height + gap), height }));
  }
  const [head, foot, pad] = [7, 14, 1.8];
  const each = (100 - head - foot) / yTicks.length;
  return yTicks.map((_, i) =>
    plain({ left, right, top: `${head + i * each + pad}%`, height: `${each - 2 * pad}%` }),
  );
}

/** Margins are stated, never adjusted: aligned panels must stay aligned. */
function plain(grid: GridComponentOption): GridComponentOption {
  return { ...grid, show: false, outerBoundsMode: 'none' };
}
