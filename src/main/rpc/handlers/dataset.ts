import { existsSync } from 'node:fs';
import { join } from 'node:path';
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

export const datasetHandlers: NounHandlers<'dataset'> = {
  'dataset.preview': async (_context, { path, mapping }) => {
    const { previewDataset } = await pipeline();
    return previewDataset(path, mapping);
  },
  'dataset.import': (context, { path, name, importer, mapping }) =>
    importInto(context, requireName(name), { path, importer, mapping }),
  'dataset.createDemo': async (context, { name, images, seed }) => {
    const { board, signal } = opened(context);
    const title = requireName(name);
    const folder = freeFolder(join(board.layout.datasets, `demo-seed-${seed}`));
    const { createDemo } = await import('../../datasets/demo/create-demo');
    await createDemo(folder, { images, seed }, progressOf(context), signal);
    return importInto(context, title, { path: folder, importer: 'demo', mapping: null });
  },
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

/** `path`, or where that is taken the same with the first free number behind it. */
function freeFolder(path: string): string {
  for (let number = 1; ; number++) {
    const candidate = number === 1 ? path : `${path}-${number}`;
    if (!existsSync(candidate)) return candidate;
  }
}

function progressOf(context: LabContext): (data: ImportProgress) => void {
  return (data) => context.events.emit('import.progress', data);
}

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
  const { importDataset, throwIfCancelled } = await pipeline();
  const { dataset, images, report } = await importDataset(request, progressOf(context), signal);
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
