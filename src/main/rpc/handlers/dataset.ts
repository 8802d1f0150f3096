import type { Dataset, ImportReport } from '@shared/domain/dataset';
import { LabError } from '@shared/errors';
import type { ImportProgress, ImportRequest } from '../../datasets/import-dataset';
import { countLiveRuns, setDeleted } from '../../db/bin';
import {
  getDataset,
  getImportReport,
  insertDataset,
  listDatasets,
  listImages,
} from '../../db/datasets';
import { fromStoredPath, toStoredPath } from '../../workspace/layout';
import { requireName } from '../names';
import type { LabContext, NounHandlers } from '../context';
import { ok, opened } from '../context';

/** Until the generator of the demo data set (src/main/datasets/demo) is there to be called. */
const noDemo = (): never => {
  throw new LabError({
    kind: 'unsupported',
    message: 'this version of the lab cannot make the demo data set',
    safe: 'Nothing was changed.',
    next: 'Import a folder of rated pictures instead.',
  });
};

export const datasetHandlers: NounHandlers<'dataset'> = {
  'dataset.preview': async (_context, { path, mapping }) => {
    const { previewDataset } = await pipeline();
    return previewDataset(path, mapping);
  },
  'dataset.import': (context, { path, name, importer, mapping }) =>
    importInto(context, requireName(name), { path, importer, mapping }),
  'dataset.createDemo': noDemo,
  'dataset.list': (context) => {
    const { db, board } = opened(context);
    return listDatasets(db).map((dataset): Dataset => ({
      ...dataset,
      root: fromStoredPath(board.layout, dataset.root),
    }));
  },
  'dataset.images': (context, { datasetId, offset, limit }) => {
    const { db } = opened(context);
    getDataset(db, datasetId);
    return listImages(db, datasetId, Math.max(0, offset), Math.max(0, limit));
  },
  'dataset.report': (context, { id }) => getImportReport(opened(context).db, id),
  'dataset.delete': (context, { id }) => {
    const { db } = opened(context);
    const dataset = getDataset(db, id);
    const runs = countLiveRuns(db, id);
    if (runs > 0) {
      throw new LabError({
        kind: 'conflict',
        message: `${dataset.name} cannot be deleted: ${runs} ${runs === 1 ? 'run uses' : 'runs use'} it`,
        safe: 'Nothing was changed.',
        next: 'Delete those runs first.',
      });
    }
    setDeleted(db, 'datasets', id, Date.now());
    context.events.emit('dataset.changed', {});
    return ok;
  },
  'dataset.restore': (context, { id }) => {
    const { db } = opened(context);
    getDataset(db, id);
    setDeleted(db, 'datasets', id, null);
    context.events.emit('dataset.changed', {});
    return ok;
  },
};

/** Picture and table readers, loaded when they are first needed: they would slow every start. */
async function pipeline() {
  const [registry, importing, inspecting] = await Promise.all([
    import('../../datasets/registry'),
    import('../../datasets/import-dataset'),
    import('../../datasets/inspect-images'),
  ]);
  return { ...registry, ...importing, ...inspecting };
}

/** Reads a data set from disk and stores it whole; originals are only read. */
async function importInto(
  context: LabContext,
  name: string,
  request: ImportRequest,
): Promise<ImportReport> {
  const { db, board, signal } = opened(context);
  const progress = (data: ImportProgress): void => context.events.emit('import.progress', data);
  const { importDataset, throwIfCancelled } = await pipeline();
  const { dataset, images, report } = await importDataset(request, progress, signal);
  throwIfCancelled(signal);
  const id = insertDataset(db, {
    ...dataset,
    root: toStoredPath(board.layout, dataset.root),
    name,
    createdAtMs: Date.now(),
    images,
    report,
  });
  context.events.emit('dataset.changed', {});
  return getImportReport(db, id);
}
