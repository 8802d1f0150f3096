import { createHash } from 'node:crypto';
import type { DatasetImage, Side } from '@shared/domain/dataset';
import { sides } from '@shared/domain/dataset';
import { LabError } from '@shared/errors';
import type { MadeSplit } from '@shared/splits/make-split';
import { makeSplits } from '@shared/splits/make-split';
import { setDeleted } from '../../db/bin';
import { getDataset, listImages } from '../../db/datasets';
import { getSplit, insertSplit, listMembers, listSplits } from '../../db/splits';
import { requireName } from '../names';
import type { NounHandlers } from '../context';
import { ok, opened } from '../context';

export const splitHandlers: NounHandlers<'split'> = {
  'split.create': (context, { datasetId, name, spec, repeats }) => {
    const { db } = opened(context);
    getDataset(db, datasetId);
    const title = requireName(name);
    const images = listImages(db, datasetId);
    const made = makeSplits(images, spec, repeats);
    const ids = db.transaction(() =>
      made.map((split, index) =>
        insertSplit(db, {
          datasetId,
          name: made.length === 1 ? title : `${title}, repeat ${index + 1}`,
          spec: split.spec,
          scoreMin: split.scoreMin,
          scoreMax: split.scoreMax,
          contentHash: contentHash(split, images),
          notes: split.notes,
          createdAtMs: Date.now(),
          members: membersOf(split, images),
        }),
      ),
    );
    context.events.emit('split.changed', { datasetId });
    return ids.map((id) => getSplit(db, id));
  },
  'split.readIndexFile': async (context, { datasetId, path }) => {
    const { db } = opened(context);
    getDataset(db, datasetId);
    const { readIndexFile } = await import('../../datasets/read-index-file');
    return readIndexFile(path, listImages(db, datasetId));
  },
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

function membersOf(split: MadeSplit, images: readonly DatasetImage[]): Record<Side, number[]> {
  const idAt = new Map(images.map((image) => [image.position, image.id]));
  const ids = (positions: readonly number[]): number[] =>
    positions.flatMap((position) => idAt.get(position) ?? []);
  return { train: ids(split.train), validation: ids(split.validation), test: ids(split.test) };
}

/** SHA-256 over the side and content of every image in position order: the same wherever imported. */
function contentHash(split: MadeSplit, images: readonly DatasetImage[]): string {
  const contentAt = new Map(images.map((image) => [image.position, image.sha256]));
  const hash = createHash('sha256');
  for (const side of sides) {
    for (const position of split[side]) {
      hash.update(`${JSON.stringify([side, position, contentAt.get(position)])}\n`);
    }
  }
  return hash.digest('hex');
}
