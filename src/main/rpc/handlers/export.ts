import { LabError } from '@shared/errors';
import { loadStudy } from '../../study/load';
import type { NounHandlers } from '../context';
import { opened } from '../context';
import { storeExport } from '../store-export';

/** Until the tables (src/shared/tables) are there to be written. */
const noTables = (): never => {
  throw new LabError({
    kind: 'unsupported',
    message: 'this version of the lab cannot write tables',
    safe: 'Nothing was written.',
    next: 'Export the data of a figure as CSV instead.',
  });
};

/** The chart library is loaded with the first export: it would add a second to every start. */
export const exportHandlers: NounHandlers<'export'> = {
  'export.figure': async (context, { figureId, selection, options, size, format }) => {
    const { board } = opened(context);
    const [{ findFigure }, { renderFigure }] = await Promise.all([
      import('@shared/figures'),
      import('../../export/figure'),
    ]);
    const def = findFigure(figureId);
    const study = loadStudy(board, selection);
    const bytes = await renderFigure(def, study, options, size, format);
    return storeExport(board, {
      defId: def.id,
      format,
      recipe: { selection, options, size },
      bytes,
    });
  },
  'export.table': noTables,
};
