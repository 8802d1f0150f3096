import type { FigureOptions, Study } from '@shared/domain/study';
import type { TableFormat } from '@shared/rpc';
import type { TableDef } from '@shared/tables';
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
  return Buffer.from(writeTable(def.toTable(study, options), format), 'utf8');
}
