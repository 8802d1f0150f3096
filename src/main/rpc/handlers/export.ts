import { loadStudy } from '../../study/load';
import type { NounHandlers } from '../context';
import { opened } from '../context';
import { storeExport } from '../store-export';

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
  'export.table': async (context, { tableId, selection, options, format }) => {
    const { board } = opened(context);
    const [{ findTable }, { renderTable }] = await Promise.all([
      import('@shared/tables'),
      import('../../export/table'),
    ]);
    const def = findTable(tableId);
    const bytes = renderTable(def, loadStudy(board, selection), options, format);
    return storeExport(board, { defId: def.id, format, recipe: { selection, options }, bytes });
  },
};
