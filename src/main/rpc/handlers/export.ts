import { LabError } from '@shared/errors';
import { loadStudy } from '../../study/load';
import type { NounHandlers } from '../context';
import { opened } from '../context';
import { storeExport } from '../store-export';

const notYet = (): never => {
  throw new LabError({ kind: 'unsupported', message: 'tables are not wired yet' });
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
  'export.table': notYet,
};
