import { LabError } from '@shared/errors';
import { setDeleted } from '../../db/bin';
import { getSplit, listMembers, listSplits } from '../../db/splits';
import type { NounHandlers } from '../context';
import { ok, opened } from '../context';

const notYet = (): never => {
  throw new LabError({ kind: 'unsupported', message: 'splits are not wired yet' });
};

export const splitHandlers: NounHandlers<'split'> = {
  'split.create': notYet,
  'split.readIndexFile': notYet,
  'split.list': (context, { datasetId }) => listSplits(opened(context).db, datasetId),
  'split.members': (context, { id }) => {
    const { db } = opened(context);
    getSplit(db, id);
    return listMembers(db, id);
  },
  'split.delete': (context, { id }) => {
    const { db } = opened(context);
    const split = getSplit(db, id);
    if (split.locked) {
      throw new LabError({
        kind: 'conflict',
        message: `the split ${split.name} cannot be deleted: runs use it`,
        safe: 'Nothing was changed.',
        next: 'Delete those runs first; they stay in the bin for 30 days.',
      });
    }
    setDeleted(db, 'splits', id, Date.now());
    context.events.emit('split.changed', { datasetId: split.datasetId });
    return ok;
  },
};
