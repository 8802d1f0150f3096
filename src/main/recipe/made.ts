import type { FigureOptions, Study } from '@shared/domain/study';
import { findFigure, type DataTable } from '@shared/figures';
import { findTable, makeTable } from '@shared/tables';
import { fullCaption } from '@shared/tables/lib/table';
import { tableNumbers } from '@shared/tables/writers/csv';

export type MadeKind = 'figure' | 'table';

/** What figures and tables have in common for whoever writes or compares their numbers. */
export interface Made {
  readonly kind: MadeKind;
  readonly id: string;
  readonly title: string;
  readonly paper: string | null;
  readonly choices: readonly (keyof FigureOptions)[];
  /** Both at once: some tables draw thousands of samples for them. */
  content(study: Study, options: FigureOptions): { numbers: DataTable; caption: string };
}

/**
 * The figure or table with this id.
 * @throws LabError `not-found` that names the nearest right id
 */
export function madeThing(kind: MadeKind, id: string): Made {
  if (kind === 'figure') {
    const def = findFigure(id);
    const { title, paper, choices } = def;
    return {
      ...{ kind, id, title, paper, choices },
      content: (study, options) => ({
        numbers: def.toCsv(study, options),
        caption: def.caption(study, options),
      }),
    };
  }
  const def = findTable(id);
  const { title, paper, choices } = def;
  return {
    ...{ kind, id, title, paper, choices },
    content(study, options) {
      // Both twins in one cell would be no number.
      const table = makeTable(def, study, { ...options, joined: false });
      return { numbers: tableNumbers(table), caption: fullCaption(table) };
    },
  };
}
