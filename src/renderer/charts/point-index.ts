/** A drawn point with the place it has on the screen, in CSS pixels of the chart. */
export interface Placed {
  readonly px: number;
  readonly py: number;
}

const CELL = 24;

/**
 * Finds the point nearest to the pointer among tens of thousands: points are sorted into square
 * cells once, and a query looks at the few cells around it.
 */
export class PointIndex<P extends Placed> {
  readonly #cells = new Map<string, P[]>();

  constructor(points: Iterable<P>) {
    for (const point of points) {
      if (!Number.isFinite(point.px) || !Number.isFinite(point.py)) continue;
      const key = cellKey(Math.floor(point.px / CELL), Math.floor(point.py / CELL));
      const cell = this.#cells.get(key);
      if (cell) cell.push(point);
      else this.#cells.set(key, [point]);
    }
  }

  /** The nearest point within `reach` pixels (at most one cell, 24); null when there is none. */
  nearest(px: number, py: number, reach = 14): P | null {
    let best: P | null = null;
    let bestSquare = reach * reach;
    const [column, row] = [Math.floor(px / CELL), Math.floor(py / CELL)];
    for (let dx = -1; dx <= 1; dx++) {
      for (let dy = -1; dy <= 1; dy++) {
        for (const point of this.#cells.get(cellKey(column + dx, row + dy)) ?? []) {
          const square = (point.px - px) ** 2 + (point.py - py) ** 2;
          if (square > bestSquare) continue;
          bestSquare = square;
          best = point;
        }
      }
    }
    return best;
  }

  /** Every point of a rectangle, its edges included, given by two opposite corners. */
  within(ax: number, ay: number, bx: number, by: number): P[] {
    const [left, right] = [Math.min(ax, bx), Math.max(ax, bx)];
    const [top, bottom] = [Math.min(ay, by), Math.max(ay, by)];
    const found: P[] = [];
    for (let column = Math.floor(left / CELL); column <= Math.floor(right / CELL); column++) {
      for (let row = Math.floor(top / CELL); row <= Math.floor(bottom / CELL); row++) {
        for (const point of this.#cells.get(cellKey(column, row)) ?? []) {
          const { px, py } = point;
          if (px >= left && px <= right && py >= top && py <= bottom) found.push(point);
        }
      }
    }
    return found;
  }
}

function cellKey(column: number, row: number): string {
  return `${column},${row}`;
}
