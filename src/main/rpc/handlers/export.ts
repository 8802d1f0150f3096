import type { Args, FigureFormat } from '@shared/rpc';
import { plateOf } from '../../bench/plate-of';
import type { PictureSource } from '../../export/pictures';
import { MediaStore } from '../../media';
import { loadStudy } from '../../study/load';
import type { LabContext, NounHandlers } from '../context';
import { opened } from '../context';
import { storeExport } from '../store-export';

/** The chart library is loaded with the first export: it would add a second to every start. */
export const exportHandlers: NounHandlers<'export'> = {
  'export.figure': async (context, { format, ...wanted }) => {
    const { figureId, selection, options, size } = wanted;
    const bytes = await drawnFigure(context, wanted, format);
    const recipeText = await recipeOf(context, 'figure', wanted, figureId);
    const recipe = { selection, options, size };
    return storeExport(opened(context).board, {
      ...{ defId: figureId, format, recipe, bytes, recipeText },
    });
  },
  'export.preview': async (context, wanted) => {
    const png = await drawnFigure(context, wanted, 'png');
    return { png: png.toString('base64') };
  },
  'export.table': async (context, { format, ...wanted }) => {
    const { tableId, selection, options } = wanted;
    const { board } = opened(context);
    const [{ findTable }, { renderTable }] = await Promise.all([
      import('@shared/tables'),
      import('../../export/table'),
    ]);
    const bytes = renderTable(findTable(tableId), loadStudy(board, selection), options, format);
    const recipeText = await recipeOf(context, 'table', wanted, tableId);
    const recipe = { selection, options };
    return storeExport(board, { defId: tableId, format, recipe, bytes, recipeText });
  },
  'export.bundle': async (context, wanted) => {
    const { board, db } = opened(context);
    const { writeBundle } = await import('../../bundle/write');
    const media = new MediaStore(board);
    const study = loadStudy(board, wanted.selection);
    const { recipeSource } = await import('../../recipe/source');
    return await writeBundle(study, wanted, {
      folder: wanted.path ?? board.layout.exports,
      overwrite: wanted.overwrite,
      source: recipeSource(db),
      pictures: (kind, id) => media.find(kind, id),
      onProgress: (progress) => context.events.emit('bundle.progress', progress),
    });
  },
  'export.plate': async (context, { attackedIds, size, format }) => {
    const { db, board } = opened(context);
    const kept = attackedIds.map((id) => context.bench.kept(id));
    const plate = plateOf(await context.worker.catalogue(), db, kept);
    const { renderPlate } = await import('../../export/plate');
    const bytes = await renderPlate(plate, size, format);
    // Which window asked is no part of what makes the file.
    const asks = kept.map(({ ask }) => ({ ...ask, window: undefined }));
    const options = { attack: plate.heading, scored: 'float' as const };
    return storeExport(board, { defId: 'plate', format, recipe: { options, asks, size }, bytes });
  },
};

async function drawnFigure(
  context: LabContext,
  { figureId, selection, options, size }: Args<'export.preview'>,
  format: FigureFormat,
): Promise<Buffer> {
  const { board } = opened(context);
  const [{ findFigure }, { renderFigure }] = await Promise.all([
    import('@shared/figures'),
    import('../../export/figure'),
  ]);
  const def = findFigure(figureId);
  const study = loadStudy(board, selection);
  const media = new MediaStore(board);
  const pictures: PictureSource = (kind, id) => media.find(kind, id);
  return await renderFigure(def, study, options, size, format, pictures);
}

async function recipeOf(
  context: LabContext,
  kind: 'figure' | 'table',
  wanted: Pick<Args<'export.table'>, 'selection' | 'options'> &
    Partial<Pick<Args<'export.figure'>, 'size'>>,
  id: string,
): Promise<string> {
  const { board, db } = opened(context);
  const [{ makeRecipe, recipeText }, { recipeSource }] = await Promise.all([
    import('../../recipe/make'),
    import('../../recipe/source'),
  ]);
  const { selection, options, size } = wanted;
  const study = loadStudy(board, selection);
  return recipeText(makeRecipe(kind, id, study, options, recipeSource(db), size));
}
