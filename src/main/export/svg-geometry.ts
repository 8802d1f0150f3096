/** Geometry of the paths in a drawing: only the commands that ECharts' painter writes. */
export interface Matrix {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
  readonly e: number;
  readonly f: number;
}

type Format = (value: number) => string;

interface Segment {
  readonly command: string;
  readonly values: readonly number[];
}

/** A mark with its matrix applied; `factor` is what its line width is multiplied by. */
export type PlacedMark = { readonly factor: number } & (
  | { readonly kind: 'circle'; readonly cx: number; readonly cy: number; readonly r: number }
  | { readonly kind: 'path'; readonly d: (format: Format) => string }
);

/** One arc that returns to where it began. */
const closedArc = /^M(\S+) (\S+)A(\S+) (\S+) 0 1 1 (\S+) ([-\d.e]+)(A[^A]+)?Z?$/;

/**
 * A path whose matrix only moves and enlarges, in final coordinates; null for any other matrix.
 * Full circles become circles.
 */
export function placedMark(path: string, matrix: Matrix | null, scale: number): PlacedMark | null {
  const { a, b, c, d, e, f } = matrix ?? { a: 1, b: 0, c: 0, d: 1, e: 0, f: 0 };
  if (b !== 0 || c !== 0 || a !== d || a <= 0) return null;
  const circle = circleOf(path);
  if (circle) {
    return {
      kind: 'circle',
      factor: a,
      cx: (circle.cx * a + e) * scale,
      cy: (circle.cy * a + f) * scale,
      r: circle.r * a * scale,
    };
  }
  const segments = parse(path);
  return {
    kind: 'path',
    factor: a,
    d: (format) => write(segments, a * scale, e * scale, f * scale, format),
  };
}

/** The path with all lengths multiplied by `scale`, for one that keeps its matrix. */
export function scaledPath(path: string, scale: number, format: Format): string {
  return write(parse(path), scale, 0, 0, format);
}

/**
 * The painter draws a full circle as an arc that ends a hair before its start; rounding would make
 * the two meet and the circle vanish, so it is recognised here.
 */
function circleOf(path: string): { cx: number; cy: number; r: number } | null {
  const [x = 0, y = 0, r = 0, ry = 0, endX = 0, endY = 0] = (closedArc.exec(path) ?? [])
    .slice(1, 7)
    .map(Number);
  const closes = r > 0 && r === ry && Math.hypot(endX - x, endY - y) < 0.01 * r;
  return closes ? { cx: x - r, cy: y, r } : null;
}

function parse(path: string): Segment[] {
  return [...path.matchAll(/([MLCQAZlz])([^MLCQAZlz]*)/g)].map(([, command = '', rest = '']) => ({
    command,
    values: (rest.match(/-?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?/gi) ?? []).map(Number),
  }));
}

function write(
  segments: readonly Segment[],
  scale: number,
  moveX: number,
  moveY: number,
  format: Format,
): string {
  return segments
    .map(({ command, values }) => {
      if (command === 'A') {
        const [rx = 0, ry = 0, turn = 0, large = 0, sweep = 0, x = 0, y = 0] = values;
        const end = `${format(x * scale + moveX)} ${format(y * scale + moveY)}`;
        return `A${format(rx * scale)} ${format(ry * scale)} ${turn} ${large} ${sweep} ${end}`;
      }
      const [dx, dy] = command === 'l' ? [0, 0] : [moveX, moveY];
      const placed = values.map((value, i) =>
        format(i % 2 === 0 ? value * scale + dx : value * scale + dy),
      );
      return command + placed.join(' ');
    })
    .join('');
}
