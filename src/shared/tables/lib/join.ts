import { partsBreak, type Table, type TableCell, type TableColumn } from './table';

/**
 * The table in the paper's layout: neighbouring columns of a baseline and its twin become one column
 * of "base / +NT" cells. Columns without such a neighbour stay.
 */
export function joinTwins(table: Table): Table {
  const starts = table.columns.map((column, k) => isBase(column, table.columns[k + 1]));
  const joined = <T>(items: readonly T[], join: (base: T, twin: T) => T): T[] =>
    items.flatMap((item, k) => {
      if (k > 0 && starts[k - 1]) return [];
      const next = items[k + 1];
      return starts[k] && next !== undefined ? [join(item, next)] : [item];
    });
  return {
    ...table,
    columns: joined(table.columns, (base, twin) => ({
      ...base,
      label: `${base.label}${partsBreak}${twin.label}`,
      ...(base.runIds && twin.runIds && { runIds: [...base.runIds, ...twin.runIds] }),
    })),
    rows: table.rows.map((row) => ({ ...row, cells: joined(row.cells, joinCells) })),
  };
}

function isBase(column: TableColumn, next: TableColumn | undefined): boolean {
  const sameGroup = JSON.stringify(column.groups) === JSON.stringify(next?.groups);
  return column.label === 'base' && sameGroup && next?.label.startsWith('+') === true;
}

function joinCells(base: TableCell, twin: TableCell): TableCell {
  // Two empty places are one.
  if (base.text === '' && twin.text === '') return base;
  const text = `${base.text}${partsBreak}${twin.text}`;
  return { text, value: text, parts: [base, twin] };
}
