import { found, gathered } from '../registry';
import type { TableDef } from './lib/table';

export type { Table, TableCell, TableColumn, TableDef, TableRow } from './lib/table';

/** Every table of this folder. */
export const tables: readonly TableDef[] = gathered(
  'tables',
  import.meta.glob<TableDef>(['./*.ts', '!./index.ts'], { eager: true, import: 'default' }),
);

/**
 * The table with this id.
 * @throws LabError `not-found` that names the nearest right id
 */
export function findTable(id: string): TableDef {
  return found('table', tables, id);
}
