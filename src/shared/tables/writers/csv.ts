import type { DataTable } from '../../figures/lib/figure';
import type { Table } from '../lib/table';

/**
 * Characters that make a spreadsheet take a cell for a formula, in their ASCII and full-width forms.
 * Tab and line breaks count because some programs skip them before looking.
 */
const formulaStart = /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/;

/**
 * CSV after RFC 4180: comma, quotes where needed, CRLF, decimal point, no byte order mark. Numbers
 * carry every digit. Text that a spreadsheet would run as a formula gets a leading apostrophe.
 */
export function writeCsv(table: DataTable): string {
  return [table.columns, ...table.rows].map((row) => row.map(cell).join(',') + '\r\n').join('');
}

/**
 * A table as CSV: headings joined into one line, values with every digit instead of their printed
 * form, and the notes as lines that begin with "#", so that no number loses its origin.
 */
export function toCsv(table: Table): string {
  const { columns, rows } = tableNumbers(table);
  const notes = [table.caption, ...table.notes].map((note) => [`# ${note}`]);
  return writeCsv({ columns, rows: [...rows, ...notes] });
}

/** The values of a table with every digit, under its headings joined into one line. */
export function tableNumbers(table: Table): DataTable {
  const columns = table.columns.map(({ groups, label }) => [...groups, label].join(' / '));
  return {
    columns: [...table.headers, ...columns],
    rows: table.rows.map(({ headers, cells }) => [
      ...headers,
      ...cells.map(({ value, text }) => value ?? text),
    ]),
  };
}

function cell(value: string | number | null): string {
  if (value === null) return '';
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : '';
  const text = formulaStart.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
