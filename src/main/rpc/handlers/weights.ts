import { LabError } from '@shared/errors';
import { weightCatalogue } from '@shared/weights/catalogue';
import {
  batchesInNeed,
  findWeights,
  getWeights,
  listWeights,
  runsInNeed,
  setWeightsDeleted,
} from '../../db/weights';
import { fromStoredPath, realPath } from '../../workspace/layout';
import type { NounHandlers } from '../context';
import { ok, opened } from '../context';

export const weightsHandlers: NounHandlers<'weights'> = {
  'weights.list': ({ sessions }) => {
    // The catalogue is worth reading before there is a workspace.
    const session = sessions.current;
    const files = session ? listWeights(session.workspace.db) : [];
    return {
      entries: weightCatalogue.map((entry) => ({
        entry,
        files: files.filter((file) => file.entryId === entry.id),
      })),
      others: files.filter((file) => file.entryId === null),
    };
  },
  'weights.add': async (context, { path }) => {
    const { db, board, signal } = opened(context);
    const { addWeights } = await import('../../weights/add');
    try {
      return await addWeights(
        {
          db,
          layout: board.layout,
          inspect: (file) => context.worker.inspectWeights(file),
          progress: (progress) => context.events.emit('weights.progress', progress),
          signal,
          freeBytes: context.freeBytes,
        },
        path,
      );
    } finally {
      context.events.emit('weights.changed', {});
    }
  },
  'weights.remove': (context, { sha256 }) => {
    const { db } = opened(context);
    const { fileName } = getWeights(db, sha256).weights;
    refuseInNeed(
      fileName,
      runsInNeed(db, sha256),
      'will start from it',
      'Wait until they are trained, or delete those runs first.',
    );
    refuseInNeed(
      fileName,
      batchesInNeed(db, sha256),
      'will read it',
      'Wait until they are finished, or cancel those jobs first.',
    );
    setWeightsDeleted(db, sha256, Date.now());
    context.events.emit('weights.changed', {});
    return ok;
  },
  'weights.restore': (context, { sha256 }) => {
    const { db, board } = opened(context);
    const found = findWeights(db, sha256);
    if (!found || realPath(fromStoredPath(board.layout, found.path)) === null) {
      throw new LabError({
        kind: 'not-found',
        message: `the weight file ${sha256.slice(0, 12)} is not in the bin any more`,
        safe: 'Nothing was changed.',
        next: 'Add the file again.',
      });
    }
    setWeightsDeleted(db, sha256, null);
    context.events.emit('weights.changed', {});
    return ok;
  },
};

function refuseInNeed(
  fileName: string,
  [first, ...more]: readonly string[],
  why: string,
  next: string,
): void {
  if (first === undefined) return;
  const others = more.length > 0 ? ` and ${more.length} more` : '';
  throw new LabError({
    kind: 'conflict',
    message: `${fileName} cannot be removed: ${first}${others} ${why}`,
    safe: 'Nothing was changed.',
    next,
  });
}
