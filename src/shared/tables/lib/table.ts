import type { FigureOptions, Study } from '../../domain/study';
import type { Missing } from '../../study/missing';

/**
 * A table is one file in this folder's parent with a default export of this type; its id is the
 * file's stem. Every method is pure; the writers turn the cells into text for one program each.
 */
export interface TableDef {
  readonly id: string;
  readonly title: string;
  /** The table of the paper whose form this takes; null for one of our own. */
  readonly paper: string | null;
  /** The options that change this table; an interface shows only these. */
  readonly choices: readonly (keyof FigureOptions)[];
  /** What is missing before the table can be made, with the job that would make it. */
  needs(study: Study, options: FigureOptions): Missing[];
  toTable(study: Study, options: FigureOptions): Table;
}

export interface Table {
  readonly id: string;
  readonly caption: string;
  /** What a bold cell says; absent where none is bold. Writers without bold leave it out. */
  readonly boldMeans?: string;
  /** Titles of the row headers, which stand left of the columns. */
  readonly headers: readonly string[];
  readonly columns: readonly TableColumn[];
  readonly rows: readonly TableRow[];
  /** Sentences below the table: definitions, counts, origin. */
  readonly notes: readonly string[];
}

export interface TableColumn {
  /** Headings above the label, outermost first; neighbours with equal ones share them. */
  readonly groups: readonly string[];
  readonly label: string;
  readonly align: 'left' | 'right';
  /** The runs its cells are of, for whoever asks where a number comes from; absent where they are of several. */
  readonly runIds?: readonly number[];
}

export interface TableRow {
  readonly headers: readonly string[];
  readonly cells: readonly TableCell[];
  /** True where a new part of the table begins: a rule above it. */
  readonly startsPart?: boolean;
}

export interface TableCell {
  /** As printed. */
  readonly text: string;
  /** As computed, every digit; null where there is none. */
  readonly value: number | string | null;
  readonly bold?: boolean;
  /** Why there is no value, or why it is doubtful. */
  readonly note?: string;
  /** A printed value of the paper that is probably wrong; its text carries a mark. */
  readonly doubtful?: boolean;
  /** The two halves of a "base / +NT" cell, each with its own bold; `text` holds both. */
  readonly parts?: readonly TableCell[];
}

/** What stands between the halves of a cell. */
export const partsBreak = ' / ';

/** The parts a writer sets one by one: the halves of a joined cell, else the cell itself. */
export function partsOf(cell: TableCell): readonly TableCell[] {
  return cell.parts ?? [cell];
}

/** The caption for a format that has bold. */
export function fullCaption({ caption, boldMeans }: Table): string {
  return boldMeans === undefined ? caption : `${caption} Bold: ${boldMeans}.`;
}

/** Headings of one level with the number of neighbouring columns each stands over. */
export function spans(table: Table, level: number): { text: string; count: number }[] {
  const result: { text: string; count: number; path: string }[] = [];
  for (const { groups } of table.columns) {
    const path = JSON.stringify(groups.slice(0, level + 1));
    const last = result.at(-1);
    if (last?.path === path) last.count++;
    else result.push({ text: groups[level] ?? '', count: 1, path });
  }
  return result;
}

/** Number of heading levels above the column labels. */
export function levels(table: Table): number {
  return table.columns.reduce((deepest, { groups }) => Math.max(deepest, groups.length), 0);
}

/** Row headers as a reader expects them: one that repeats the row above is left empty. */
export function shownHeaders(table: Table): string[][] {
  return table.rows.map((row, i) => {
    const above = row.startsPart ? undefined : table.rows[i - 1];
    const last = row.headers.length - 1;
    return row.headers.map((text, k) => (k < last && above?.headers[k] === text ? '' : text));
  });
}
