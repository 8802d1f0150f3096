import type { GridComponentOption } from 'echarts';
import type { ChartTheme } from '../../theme';
import { bottomMargin, leftMargin, type Ticks } from './axes';

/** Small multiples: equal areas in rows and columns, filled row by row. */
export interface PanelLayout {
  readonly columns: number;
  /** Ticks of each panel's left axis; their number is the number of panels. */
  readonly y: readonly Ticks[];
  /** Which panels carry numbers on their left axis; a title stands wherever numbers or the left edge are. */
  readonly yLabels: 'left' | 'all' | 'none';
  /** Whether only the lowest panel of a column carries numbers on its bottom axis. */
  readonly xLabels: 'bottom' | 'all';
  /** Room above every panel for its name. */
  readonly named: boolean;
  /** Height of the legend above all panels, in chart units. */
  readonly head: number;
  /** Adds a strip for a density to the right of every panel. */
  readonly strips?: boolean;
}

export interface Panels {
  /** One grid per panel; then, where asked for, one strip per panel in the same order. */
  readonly grids: readonly GridComponentOption[];
  /** Size of one panel in chart units. */
  readonly width: number;
  readonly height: number;
  /** Left edge of the first panel. */
  readonly left: number;
  readonly isLeft: (panel: number) => boolean;
  readonly isBottom: (panel: number) => boolean;
}

/** Rows and columns for this many panels: four stand two by two. */
export function columnsFor(count: number): number {
  if (count <= 2) return Math.max(1, count);
  return count === 3 || count > 4 ? 3 : 2;
}

/** Where the size of a chart is not known, places are shares of a chart of 60 by 40 letters. */
export function panelFrames(theme: ChartTheme, layout: PanelLayout): Panels {
  const em = theme.fontSize;
  const canvas = theme.canvas ?? { width: 60 * em, height: 40 * em };
  const count = Math.max(1, layout.y.length);
  const columns = Math.min(layout.columns, count);
  const rows = Math.ceil(count / columns);
  const isLeft = (panel: number): boolean => panel % columns === 0;
  const isBottom = (panel: number): boolean => panel + columns >= count;

  const bare = theme.tickLength + 2.3 * em;
  const gutter = (column: number): number => {
    const own = layout.y.filter((_, i) => i % columns === column);
    if (layout.yLabels === 'all') return leftMargin(theme, own.length > 0 ? own : layout.y);
    if (column > 0) return 0.9 * em;
    return layout.yLabels === 'left' ? leftMargin(theme, own) : bare;
  };
  const gutters = Array.from({ length: columns }, (_, column) => gutter(column));
  const strip = layout.strips ? 3.2 * em : 0;
  const stripGap = layout.strips ? 0.4 * em : 0;
  const right = 0.9 * em;
  const taken = gutters.reduce((sum, each) => sum + each, 0) + columns * (strip + stripGap + right);
  const width = (canvas.width - taken) / columns;

  const name = layout.named ? 1.5 * em : 0.5 * em;
  const foot = bottomMargin(theme);
  // Numbers of an upper panel need room; so do the ends of unlabelled left axes, which are centred.
  const between = layout.xLabels === 'all' ? theme.tickLength + 1.5 * em : 0.7 * em;
  const height = (canvas.height - layout.head - rows * name - foot - (rows - 1) * between) / rows;

  const lefts = gutters.map((_, column) =>
    gutters
      .slice(0, column + 1)
      .reduce((sum, each) => sum + each, column * (width + strip + stripGap + right)),
  );
  const place = (panel: number, shift: number, wide: number): GridComponentOption => {
    const row = Math.floor(panel / columns);
    const left = (lefts[panel % columns] ?? 0) + shift;
    const top = layout.head + row * (height + between + name) + name;
    return placed(theme, canvas, { left, top, width: wide, height });
  };
  const panels = Array.from({ length: count }, (_, i) => i);
  return {
    grids: [
      ...panels.map((i) => place(i, 0, width)),
      ...(layout.strips ? panels.map((i) => place(i, width + stripGap, strip)) : []),
    ],
    width,
    height,
    left: gutters[0] ?? 0,
    isLeft,
    isBottom,
  };
}

/** In chart units where the size is known, else in shares of it. */
function placed(
  theme: ChartTheme,
  canvas: { readonly width: number; readonly height: number },
  box: { left: number; top: number; width: number; height: number },
): GridComponentOption {
  const fixed = { show: false, outerBoundsMode: 'none' as const };
  if (theme.canvas) return { ...fixed, ...box };
  const share = (length: number, of: number): string => `${((100 * length) / of).toFixed(3)}%`;
  return {
    ...fixed,
    left: share(box.left, canvas.width),
    top: share(box.top, canvas.height),
    width: share(box.width, canvas.width),
    height: share(box.height, canvas.height),
  };
}
