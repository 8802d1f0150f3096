import type { Dataset } from '@shared/domain/dataset';
import { LabError } from '@shared/errors';
import { countLiveRuns, setDeleted } from '../../db/bin';
import { getDataset, getImportReport, listDatasets, listImages } from '../../db/datasets';
import { fromStoredPath } from '../../workspace/layout';
import type { NounHandlers } from '../context';
import { ok, opened } from '../context';

const notYet = (): never => {
  throw new LabError({ kind: 'unsupported', message: 'importing is not wired yet' });
};

export const datasetHandlers: NounHandlers<'dataset'> = {
  'dataset.preview': notYet,
  'dataset.import': notYet,
  'dataset.createDemo': notYet,
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
