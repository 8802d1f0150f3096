import type { GridComponentOption } from 'echarts';
import type { ChartTheme } from '../../theme';
import { bottomMargin, leftMargin, type Ticks } from './axes';

/**
 * One plotting area with room for both axis titles.
 *
 * @param head height of the legend above it
 */
export function singleFrame(theme: ChartTheme, yTicks: Ticks, head: number): GridComponentOption {
  return plain({
    left: leftMargin(theme, [yTicks]),
    right: 1.2 * theme.fontSize,
    top: head + 0.4 * theme.fontSize,
    bottom: bottomMargin(theme),
  });
}

/**
 * A main area with a strip on its right for the density of y and, if asked, one above for the
 * density of x. Grids in the order main, right, top.
 *
 * @param head height of the legend above it
 */
export function marginalFrame(
  theme: ChartTheme,
  yTicks: Ticks,
  withTop: boolean,
  head: number,
): GridComponentOption[] {
  const left = leftMargin(theme, [yTicks]);
  const bottom = bottomMargin(theme);
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
 *
 * @param head height of the legend above them
 * @returns the areas from above, and the height of one where it is known
 */
export function stackedFrames(
  theme: ChartTheme,
  yTicks: readonly Ticks[],
  head: number,
): { readonly grids: GridComponentOption[]; readonly height?: number } {
  const left = leftMargin(theme, yTicks);
  const right = 1.2 * theme.fontSize;
  // Tick labels at the ends of neighbouring axes are centred on them.
  const gap = 1.3 * theme.fontSize;
  if (theme.canvas) {
    const above = head + 0.4 * theme.fontSize;
    const room = theme.canvas.height - above - bottomMargin(theme) - gap * (yTicks.length - 1);
    const height = room / yTicks.length;
    const top = (i: number): number => above + i * (height + gap);
    return { grids: yTicks.map((_, i) => plain({ left, right, top: top(i), height })), height };
  }
  const [above, foot, pad] = [7, 14, 1.8];
  const each = (100 - above - foot) / yTicks.length;
  const height = `${each - 2 * pad}%`;
  return {
    grids: yTicks.map((_, i) => plain({ left, right, top: `${above + i * each + pad}%`, height })),
  };
}

/** Margins are stated, never adjusted: aligned panels must stay aligned. */
function plain(grid: GridComponentOption): GridComponentOption {
  return { ...grid, show: false, outerBoundsMode: 'none' };
}
