import type { Side, Split, SplitSpec } from '@shared/domain/dataset';
import { sides } from '@shared/domain/dataset';
import { LabError } from '@shared/errors';
import type { ReadableDb, WritableDb } from './handle';
import { fromJson } from './handle';

interface SplitRow {
  readonly id: number;
  readonly dataset_id: number;
  readonly name: string;
  readonly spec: string;
  readonly score_min: number;
  readonly score_max: number;
  readonly content_hash: string;
  readonly notes: string;
  readonly created_at_ms: number;
  readonly locked: number;
}

/** A split is locked while any run uses it; a run in the bin may come back and still counts. */
const select = `
  SELECT s.*, EXISTS (SELECT 1 FROM runs r WHERE r.split_id = s.id) AS locked FROM splits s`;

function toSplit(db: ReadableDb, row: SplitRow): Split {
  const counts = { train: 0, validation: 0, test: 0 };
  const counted = db.all<{ side: Side; n: number }>(
    'SELECT side, count(*) AS n FROM split_members WHERE split_id = @id GROUP BY side',
    { id: row.id },
  );
  for (const { side, n } of counted) counts[side] = n;
  return {
    id: row.id,
    datasetId: row.dataset_id,
    name: row.name,
    spec: fromJson<SplitSpec>(row.spec),
    counts,
    scoreMin: row.score_min,
    scoreMax: row.score_max,
    contentHash: row.content_hash,
    locked: row.locked === 1,
    notes: fromJson<string[]>(row.notes),
    createdAtMs: row.created_at_ms,
  };
}

export function listSplits(db: ReadableDb, datasetId: number): Split[] {
  return db
    .all<SplitRow>(
      `${select} WHERE s.dataset_id = @datasetId AND s.deleted_at_ms IS NULL ORDER BY s.id`,
      { datasetId },
    )
    .map((row) => toSplit(db, row));
}

/** @throws LabError `not-found` */
export function getSplit(db: ReadableDb, id: number): Split {
  const row = db.get<SplitRow>(`${select} WHERE s.id = @id`, { id });
  if (row) return toSplit(db, row);
  throw new LabError({
    kind: 'not-found',
    message: `there is no split ${id} in this workspace`,
    next: 'Reload the list.',
  });
}

export interface NewSplit {
  readonly datasetId: number;
  readonly name: string;
  readonly spec: SplitSpec;
  readonly scoreMin: number;
  readonly scoreMax: number;
  readonly contentHash: string;
  readonly notes: readonly string[];
  readonly createdAtMs: number;
  /** Image ids by side. */
  readonly members: Readonly<Record<Side, readonly number[]>>;
}

export function insertSplit(db: WritableDb, split: NewSplit): number {
  return db.transaction(() => {
    const { members, spec, notes, ...columns } = split;
    const { id } = db.run(
      `INSERT INTO splits (dataset_id, name, spec, score_min, score_max, content_hash, notes,
         created_at_ms)
       VALUES (@datasetId, @name, @spec, @scoreMin, @scoreMax, @contentHash, @notes, @createdAtMs)`,
      { ...columns, spec: JSON.stringify(spec), notes: JSON.stringify(notes) },
    );
    for (const side of sides) {
      for (const imageId of members[side]) {
        db.run(
          'INSERT INTO split_members (split_id, image_id, side) VALUES (@id, @imageId, @side)',
          { id, imageId, side },
        );
      }
    }
    return id;
  });
}

/** Image ids of each side, in position order. */
export function listMembers(db: ReadableDb, splitId: number): Record<Side, number[]> {
  const members: Record<Side, number[]> = { train: [], validation: [], test: [] };
  const rows = db.all<{ imageId: number; side: Side }>(
    `SELECT m.image_id AS imageId, m.side FROM split_members m
     JOIN images i ON i.id = m.image_id WHERE m.split_id = @splitId ORDER BY i.position`,
    { splitId },
  );
  for (const { imageId, side } of rows) members[side].push(imageId);
  return members;
}
