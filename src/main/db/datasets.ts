import type { Dataset, DatasetImage, ImportReport } from '@shared/domain/dataset';
import { LabError } from '@shared/errors';
import type { ReadableDb, WritableDb } from './handle';
import { fromJson } from './handle';

/** `root` is in stored form here; `fromStoredPath` makes it absolute. */
type DatasetRow = Omit<Dataset, 'synthetic'> & { readonly synthetic: number };

const select = `
  SELECT d.id, d.name, d.importer, d.root, d.score_kind AS scoreKind, d.score_min AS scoreMin,
    d.score_max AS scoreMax, d.synthetic, d.content_hash AS contentHash,
    d.created_at_ms AS createdAtMs,
    (SELECT count(*) FROM images i WHERE i.dataset_id = d.id) AS imageCount
  FROM datasets d`;

function toDataset(row: DatasetRow): Dataset {
  return { ...row, synthetic: row.synthetic === 1 };
}

/** Data sets outside the bin, oldest first. */
export function listDatasets(db: ReadableDb): Dataset[] {
  return db.all<DatasetRow>(`${select} WHERE d.deleted_at_ms IS NULL ORDER BY d.id`).map(toDataset);
}

/** @throws LabError `not-found` */
export function getDataset(db: ReadableDb, id: number): Dataset {
  const row = db.get<DatasetRow>(`${select} WHERE d.id = @id`, { id });
  if (row) return toDataset(row);
  throw new LabError({
    kind: 'not-found',
    message: `there is no data set ${id} in this workspace`,
    next: 'Reload the list.',
  });
}

export type NewImage = Omit<DatasetImage, 'id' | 'datasetId'> & {
  /** Below the data set's root, with forward slashes. */
  readonly relPath: string;
};

export type NewDataset = Omit<Dataset, 'id' | 'imageCount'> & {
  readonly images: readonly NewImage[];
  readonly report: Omit<ImportReport, 'datasetId'>;
};

/** Stores a data set with its images and import report, all or nothing; returns its id. */
export function insertDataset(db: WritableDb, dataset: NewDataset): number {
  return db.transaction(() => {
    const { id } = db.run(
      `INSERT INTO datasets (name, importer, root, score_kind, score_min, score_max, synthetic,
         content_hash, report, created_at_ms)
       VALUES (@name, @importer, @root, @scoreKind, @scoreMin, @scoreMax, @synthetic,
         @contentHash, @report, @createdAtMs)`,
      {
        name: dataset.name,
        importer: dataset.importer,
        root: dataset.root,
        scoreKind: dataset.scoreKind,
        scoreMin: dataset.scoreMin,
        scoreMax: dataset.scoreMax,
        synthetic: dataset.synthetic ? 1 : 0,
        contentHash: dataset.contentHash,
        report: JSON.stringify(dataset.report),
        createdAtMs: dataset.createdAtMs,
      },
    );
    for (const image of dataset.images) insertImage(db, id, image);
    return id;
  });
}

function insertImage(db: WritableDb, datasetId: number, image: NewImage): void {
  db.run(
    `INSERT INTO images (dataset_id, position, name, rel_path, width, height, score, score_std,
       group_key, sha256, dhash)
     VALUES (@datasetId, @position, @name, @relPath, @width, @height, @score, @scoreStd,
       @groupKey, @sha256, @dhash)`,
    {
      datasetId,
      position: image.position,
      name: image.name,
      relPath: image.relPath,
      width: image.width,
      height: image.height,
      score: image.score,
      scoreStd: image.scoreStd,
      groupKey: image.groupKey,
      sha256: image.sha256,
      dhash: image.dhash,
    },
  );
}

export function getImportReport(db: ReadableDb, id: number): ImportReport {
  getDataset(db, id);
  const row = db.get<{ report: string }>('SELECT report FROM datasets WHERE id = @id', { id });
  return {
    datasetId: id,
    ...fromJson<Omit<ImportReport, 'datasetId'>>(row?.report ?? '{}'),
  };
}

const imageColumns = `i.id, i.dataset_id AS datasetId, i.position, i.name, i.width, i.height,
  i.score, i.score_std AS scoreStd, i.group_key AS groupKey, i.sha256, i.dhash`;

/** Images in position order; `limit` null for all. */
export function listImages(
  db: ReadableDb,
  datasetId: number,
  offset = 0,
  limit: number | null = null,
): DatasetImage[] {
  return db.all<DatasetImage>(
    `SELECT ${imageColumns} FROM images i WHERE i.dataset_id = @datasetId
     ORDER BY i.position LIMIT @limit OFFSET @offset`,
    { datasetId, offset, limit: limit ?? -1 },
  );
}

export type LocatedImage = DatasetImage & {
  readonly relPath: string;
  /** Root of its data set, stored form. */
  readonly root: string;
};

/** An image with where it lies; null where there is none with this id. */
export function findImage(db: ReadableDb, id: number): LocatedImage | null {
  return (
    db.get<LocatedImage>(
      `SELECT ${imageColumns}, i.rel_path AS relPath, d.root
       FROM images i JOIN datasets d ON d.id = i.dataset_id WHERE i.id = @id`,
      { id },
    ) ?? null
  );
}

/** Images of one side of a split, in position order. */
export function listSideImages(db: ReadableDb, splitId: number, side: string): LocatedImage[] {
  return db.all<LocatedImage>(
    `SELECT ${imageColumns}, i.rel_path AS relPath, d.root
     FROM split_members m JOIN images i ON i.id = m.image_id JOIN datasets d ON d.id = i.dataset_id
     WHERE m.split_id = @splitId AND m.side = @side ORDER BY i.position`,
    { splitId, side },
  );
}
