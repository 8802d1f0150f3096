import type { Recipe } from '@shared/domain/recipe';

/** How a table of numbers compares with the one of the recipe. */
export interface Comparison {
  readonly columns: readonly ColumnComparison[];
  /** Why the two cannot be compared cell by cell; null where they can. */
  readonly shape: string | null;
}

export interface ColumnComparison {
  readonly column: string;
  /** Cells with a number in the recipe. */
  readonly count: number;
  /** Of those, how many are the same to the last bit. */
  readonly equal: number;
  /** Of those, how many are the same within `tolerance`. */
  readonly close: number;
  /** Largest difference, as a share of the larger of the two; 0 where all are equal. */
  readonly worst: number;
}

/**
 * Two engines add the same numbers in another order: float32 keeps 6 to 7 digits, and a training
 * carries the difference on. What differs by more than one in a thousand is another result.
 */
export const tolerance = 1e-3;

/**
 * Compares numbers cell by cell, row by row in columns of the same name. The same training done twice
 * is done once when it is made again: a name that stands there once more is compared with its last.
 */
export function compareNumbers(was: Recipe['numbers'], is: Recipe['numbers']): Comparison {
  const places = was.columns.map((name, k) => placeOf(name, was.columns.slice(0, k), is.columns));
  const missing = was.columns.filter((_, k) => places[k] === -1);
  if (missing.length > 0) {
    return { columns: [], shape: `there is no column ${missing.join(', ')} any more` };
  }
  if (was.rows.length !== is.rows.length) {
    return {
      columns: [],
      shape: `there were ${was.rows.length} rows, there are ${is.rows.length}`,
    };
  }
  const columns = was.columns.flatMap((column, k): ColumnComparison[] => {
    const pairs = was.rows.flatMap((row, i) => {
      const value = row[k];
      return typeof value === 'number' ? [[value, is.rows[i]?.[places[k] ?? -1]] as const] : [];
    });
    if (pairs.length === 0) return [];
    const apart = pairs.map(([a, b]) => (typeof b === 'number' ? difference(a, b) : Infinity));
    return [
      {
        column,
        count: pairs.length,
        equal: apart.filter((each) => each === 0).length,
        close: apart.filter((each) => each <= tolerance).length,
        worst: apart.reduce((most, each) => Math.max(most, each), 0),
      },
    ];
  });
  return { columns, shape: null };
}

/** Place of the n-th column of a name among others, where n - 1 of them stand before; the last where there are fewer. */
function placeOf(name: string, before: readonly string[], columns: readonly string[]): number {
  const all = columns.flatMap((each, k) => (each === name ? [k] : []));
  const nth = before.filter((each) => each === name).length;
  return all[nth] ?? all.at(-1) ?? -1;
}

/** Whether every number of the recipe was found again. */
export function agrees({ columns, shape }: Comparison): boolean {
  return shape === null && columns.every(({ count, close }) => count === close);
}

function difference(a: number, b: number): number {
  if (a === b) return 0;
  // Below a millionth, all the lab measures is rounding.
  return Math.abs(a - b) / Math.max(Math.abs(a), Math.abs(b), 1e-6);
}
