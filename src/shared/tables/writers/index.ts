import { assertNever } from '../../errors';
import type { TableFormat } from '../../rpc';
import type { Table } from '../lib/table';
import { toCsv } from './csv';
import { toHtml } from './html';
import { toLatex } from './latex';
import { toMarkdown } from './markdown';

/** A table as text of one format; the same for a file and for the clipboard. */
export function writeTable(table: Table, format: TableFormat): string {
  switch (format) {
    case 'csv':
      return toCsv(table);
    case 'markdown':
      return toMarkdown(table);
    case 'latex':
      return toLatex(table);
    case 'html':
      return toHtml(table);
    default:
      return assertNever(format, 'writeTable');
  }
}
