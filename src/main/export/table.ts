import type { FigureOptions, Study } from '@shared/domain/study';
import type { TableFormat } from '@shared/rpc';
import { makeTable, type TableDef } from '@shared/tables';
import { writeTable } from '@shared/tables/writers';
import { refuseIfMissing } from './missing';

/**
 * Renders a table as a file, the counterpart of `renderFigure`.
 *
 * @throws LabError `not-found` naming the first missing ingredient and what makes it
 */
export function renderTable(
  def: TableDef,
  study: Study,
  options: FigureOptions,
  format: TableFormat,
): Buffer {
  refuseIfMissing(def, study, options);
  // Two numbers in one cell are none for a program that reads the file.
  const shown = format === 'csv' ? { ...options, joined: false } : options;
  return Buffer.from(writeTable(makeTable(def, study, shown), format), 'utf8');
}
