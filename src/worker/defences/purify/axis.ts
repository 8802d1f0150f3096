import type { Picture } from '../../fidelity/picture';

/** One axis of a separable linear purifier: every output is a weighted sum of some inputs. */
export interface AxisOperator {
  readonly from: number;
  /** For each output position, the inputs it is made of. */
  readonly rows: readonly (readonly { readonly at: number; readonly weight: number }[])[];
}

/** The transposed operator: outputs become inputs. */
export function transposed({ from, rows }: AxisOperator): AxisOperator {
  const columns: { at: number; weight: number }[][] = Array.from({ length: from }, () => []);
  rows.forEach((terms, to) => {
    for (const { at, weight } of terms) columns[at]?.push({ at: to, weight });
  });
  return { from: rows.length, rows: columns };
}

/** Applies one operator down the columns and one along the rows of a picture; sums in double precision. */
export function separably(picture: Picture, down: AxisOperator, along: AxisOperator): Picture {
  const { height, width, data } = picture;
  if (down.from !== height || along.from !== width) {
    throw new Error(
      `separably: operators of ${down.from} x ${along.from}, got a picture of ${height} x ${width}`,
    );
  }
  const rows = down.rows.length;
  const columns = along.rows.length;
  const middle = new Float64Array(rows * width * 3);
  down.rows.forEach((terms, y) => {
    const to = y * width * 3;
    for (const { at, weight } of terms) {
      const from = at * width * 3;
      for (let j = 0; j < width * 3; j++) {
        middle[to + j] = (middle[to + j] as number) + weight * (data[from + j] as number);
      }
    }
  });
  const out = new Float32Array(rows * columns * 3);
  for (let y = 0; y < rows; y++) {
    along.rows.forEach((terms, x) => {
      for (let c = 0; c < 3; c++) {
        let sum = 0;
        for (const { at, weight } of terms) {
          sum += weight * (middle[(y * width + at) * 3 + c] as number);
        }
        out[(y * columns + x) * 3 + c] = sum;
      }
    });
  }
  return { height: rows, width: columns, data: out };
}

/** Position `i` mirrored into 0 .. length - 1 without repeating the border: -1 is 1 (OpenCV's reflect-101). */
export function mirrored(i: number, length: number): number {
  if (length === 1) return 0;
  const period = 2 * (length - 1);
  const within = ((i % period) + period) % period;
  return within < length ? within : period - within;
}
