import type { StudyRun } from '../../domain/study';
import type { Measured } from '../../stats/measured';
import { measuredText } from '../../study/format';
import type { StudyPair } from '../../study/select';
import { runTwinName } from '../../twin';
import type { TableCell, TableColumn } from './table';

/** Whether a smaller or a larger value is better; the arrows of the paper's tables. */
export type Better = 'lower' | 'higher';

export const arrow = { lower: '\u2193', higher: '\u2191' } as const;

/** "base" and "+NT", the two halves of the paper's cells, or what else a twin adds; with ", imported" where not trained here. */
export function regimeName({ run }: StudyRun): string {
  const name = runTwinName(run) || 'base';
  return run.spec.imported ? `${name}, imported` : name;
}

/** One column per run under its pair's name, optionally under further headings. */
export function runColumns(
  pairs: readonly StudyPair[],
  above: readonly string[] = [],
  align: TableColumn['align'] = 'right',
): TableColumn[] {
  return pairs.flatMap((pair) =>
    pair.runs.map((run) => ({
      groups: [...above, pair.label],
      label: regimeName(run),
      align,
      runIds: [run.run.id],
    })),
  );
}

/** A value that was never measured, as opposed to one that is undefined. */
export const notMeasured: TableCell = { text: '\u2013', value: null, note: 'not measured' };

/** A place in the table where no such value can exist. */
export const blank: TableCell = { text: '', value: null };

/**
 * Cells of one measure for the runs of one pair. The better of two is bold; two that are equal as
 * printed are not, because a reader could not see why.
 *
 * @param measured null for a run without the measurement
 */
export function pairCells(
  measured: readonly (Measured | null)[],
  digits: number,
  better: Better,
): TableCell[] {
  const values = measured.map((each) => each?.value ?? null);
  const [first = null, second = null] = values;
  const printed = measured.map((each) => each && measuredText(each, digits));
  const decided = first !== null && second !== null && printed[0] !== printed[1];
  const firstWins = decided && (better === 'lower' ? first < second : first > second);
  return measured.map((each, i) => {
    if (!each) return notMeasured;
    const text = measuredText(each, digits);
    if (each.value === null) return { text, value: null, note: each.reason };
    const bold = decided && (i === 0) === firstWins;
    return { text, value: each.value, ...(bold && { bold }) };
  });
}

/** Reasons of the cells that have one, each once: notes below the table. */
export function undefinedNotes(cells: readonly TableCell[]): string[] {
  const reasons = cells.flatMap(({ text, note }) =>
    note !== undefined && text === 'undefined' ? [note] : [],
  );
  return [...new Set(reasons)].map((reason) => `Undefined: ${reason}.`);
}
