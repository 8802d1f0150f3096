interface Layout {
  readonly scrollTop: number;
  readonly height: number;
  readonly rowHeight: number;
  readonly columns: number;
  readonly count: number;
}

/** Rows drawn above and below the view, so that a quick scroll does not show gaps. */
const OVERSCAN_ROWS = 3;

/** Indices [from, to) of the cells to draw. */
export function visibleRange(layout: Layout): { readonly from: number; readonly to: number } {
  const { scrollTop, height, rowHeight, columns, count } = layout;
  const firstRow = Math.max(0, Math.floor(scrollTop / rowHeight) - OVERSCAN_ROWS);
  const endRow = Math.ceil((scrollTop + height) / rowHeight) + OVERSCAN_ROWS;
  return { from: Math.min(count, firstRow * columns), to: Math.min(count, endRow * columns) };
}

/** Where a key moves the cursor; null for a key that does not move it. */
export function moveCursor(
  key: string,
  cursor: number,
  grid: { readonly columns: number; readonly count: number; readonly page: number },
): number | null {
  const steps: Readonly<Record<string, number>> = {
    ArrowRight: grid.columns > 1 ? 1 : 0,
    ArrowLeft: grid.columns > 1 ? -1 : 0,
    ArrowDown: grid.columns,
    ArrowUp: -grid.columns,
    PageDown: grid.page * grid.columns,
    PageUp: -grid.page * grid.columns,
    Home: -grid.count,
    End: grid.count,
  };
  const step = steps[key];
  if (!step || grid.count === 0) return null;
  return Math.min(grid.count - 1, Math.max(0, cursor + step));
}
