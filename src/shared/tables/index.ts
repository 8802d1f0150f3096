import { found, gathered, inPaperOrder } from '../registry';
import type { FigureOptions, Study } from '../domain/study';
import { joinTwins } from './lib/join';
import type { Table, TableDef } from './lib/table';

export type { Table, TableCell, TableColumn, TableDef, TableRow } from './lib/table';

/** Every table of this folder, in the paper's order, then the lab's own. */
export const tables: readonly TableDef[] = inPaperOrder(
  gathered(
    'tables',
    import.meta.glob<TableDef>(['./*.ts', '!./index.ts'], { eager: true, import: 'default' }),
  ),
);

/**
 * The table with this id.
 * @throws LabError `not-found` that names the nearest right id
 */
export function findTable(id: string): TableDef {
  return found('table', tables, id);
}

/** A table as it is shown, printed and written; a file of numbers keeps its columns apart. */
export function makeTable(def: TableDef, study: Study, options: FigureOptions): Table {
  const table = def.toTable(study, options);
  return options.joined ? joinTwins(table) : table;
}
