import type { FigureOptions, StudySelection } from '@shared/domain/study';
import { findTable, makeTable } from '@shared/tables';
import { toText } from '@shared/tables/writers/text';
import type { Session } from './session';

/** Prints tables of stored results; one that lacks an ingredient says what would make it. */
export async function printTables(
  { lab, terminal }: Session,
  tableIds: readonly string[],
  selection: StudySelection,
  options: FigureOptions,
): Promise<void> {
  const study = await lab.call('study.load', selection);
  for (const id of tableIds) {
    const def = findTable(id);
    const missing = def.needs(study, options);
    if (missing.length > 0) {
      terminal.note(`${def.title}: ${missing.map(({ reason }) => reason).join(' ')}`);
      continue;
    }
    terminal.out('');
    for (const line of toText(makeTable(def, study, options))
      .trimEnd()
      .split('\n'))
      terminal.out(line);
  }
}
