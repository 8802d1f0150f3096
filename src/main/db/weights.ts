import type { StoredWeights, WeightFacts } from '@shared/domain/weights';
import { LabError } from '@shared/errors';
import { matchWeights } from '@shared/weights/match';
import type { ReadableDb, WritableDb } from './handle';
import { fromJson } from './handle';

interface WeightsRow {
  readonly sha256: string;
  readonly file_name: string;
  readonly path: string;
  readonly size_bytes: number;
  readonly facts: string;
  readonly added_at_ms: number;
  readonly deleted_at_ms: number | null;
}

/** A weight file, and beside it what is the lab's own business: the stored form of its path. */
export interface LocatedWeights {
  readonly weights: StoredWeights;
  readonly path: string;
}

/** The catalogue's entry is looked up anew each time: a later version may know more files. */
function toWeights(row: WeightsRow): LocatedWeights {
  const facts = fromJson<WeightFacts>(row.facts);
  const weights = {
    sha256: row.sha256,
    fileName: row.file_name,
    sizeBytes: row.size_bytes,
    facts,
    ...matchWeights(facts, row.file_name, row.sha256),
    addedAtMs: row.added_at_ms,
    deletedAtMs: row.deleted_at_ms,
  };
  return { weights, path: row.path };
}

/** Every weight file in the order they came, those in the bin left out. */
export function listWeights(db: ReadableDb): StoredWeights[] {
  return db
    .all<WeightsRow>(
      'SELECT * FROM weights WHERE deleted_at_ms IS NULL ORDER BY added_at_ms, sha256',
    )
    .map((row) => toWeights(row).weights);
}

/** Also one in the bin; null where there never was one. */
export function findWeights(db: ReadableDb, sha256: string): LocatedWeights | null {
  const row = db.get<WeightsRow>('SELECT * FROM weights WHERE sha256 = @sha256', { sha256 });
  return row ? toWeights(row) : null;
}

/** @throws LabError `not-found` where there is none outside the bin */
export function getWeights(db: ReadableDb, sha256: string): LocatedWeights {
  const found = findWeights(db, sha256);
  if (found?.weights.deletedAtMs === null) return found;
  throw new LabError({
    kind: 'not-found',
    message: `there is no weight file ${sha256.slice(0, 12)} in this workspace`,
    safe: 'Nothing was changed.',
    next: found
      ? `Add ${found.weights.fileName} again: it is in the bin.`
      : 'Add the file on the Weights page.',
  });
}

export interface NewWeights {
  readonly sha256: string;
  readonly fileName: string;
  readonly path: string;
  readonly sizeBytes: number;
  readonly facts: WeightFacts;
  readonly addedAtMs: number;
}

/** Stores a file's record, or brings the record of the same content back from the bin. */
export function insertWeights(db: WritableDb, file: NewWeights): void {
  db.run(
    `INSERT INTO weights (sha256, file_name, path, size_bytes, facts, added_at_ms)
     VALUES (@sha256, @fileName, @path, @sizeBytes, @facts, @addedAtMs)
     ON CONFLICT (sha256) DO UPDATE SET file_name = @fileName, path = @path, facts = @facts,
       added_at_ms = @addedAtMs, deleted_at_ms = NULL`,
    { ...file, facts: JSON.stringify(file.facts) },
  );
}

/** Puts a file into the bin (`atMs`) or takes it out again (null). */
export function setWeightsDeleted(db: WritableDb, sha256: string, atMs: number | null): void {
  db.run('UPDATE weights SET deleted_at_ms = @atMs WHERE sha256 = @sha256', { sha256, atMs });
}

/**
 * Names of the runs that would still read this file: those that start from it and are not trained
 * yet. A finished run keeps its own checkpoints, and one in the bin is not in the way: should it come
 * back without its file, its training says which one to add.
 */
export function runsInNeed(db: ReadableDb, sha256: string): string[] {
  return db
    .all<{ name: string }>(
      `SELECT r.name FROM runs r JOIN jobs j ON j.run_id = r.id AND j.kind = 'train'
       WHERE j.state <> 'done' AND r.deleted_at_ms IS NULL AND EXISTS (
         SELECT 1 FROM json_each(r.spec, '$.initial.files') f
         WHERE json_extract(f.value, '$.sha256') = @sha256)
       ORDER BY r.id`,
      { sha256 },
    )
    .map(({ name }) => name);
}

/** "FGSM on CNNIQA": batches not finished nor cancelled that read this file. */
export function batchesInNeed(db: ReadableDb, sha256: string): string[] {
  return db
    .all<{ title: string }>(
      `SELECT j.action || ' on ' || r.name AS title FROM jobs j JOIN runs r ON r.id = j.run_id
       WHERE j.state NOT IN ('done', 'cancelled') AND r.deleted_at_ms IS NULL AND EXISTS (
         SELECT 1 FROM json_each(j.spec, '$.files') f
         WHERE json_extract(f.value, '$.sha256') = @sha256)
       ORDER BY j.id`,
      { sha256 },
    )
    .map(({ title }) => title);
}

/** Forgets what has been in the bin since before `beforeMs` and nothing needs. @returns their paths */
export function purgeWeights(db: WritableDb, beforeMs: number): string[] {
  const old = db.all<{ sha256: string; path: string }>(
    'SELECT sha256, path FROM weights WHERE deleted_at_ms < @beforeMs',
    { beforeMs },
  );
  return old.flatMap(({ sha256, path }) => {
    if (runsInNeed(db, sha256).length + batchesInNeed(db, sha256).length > 0) return [];
    db.run('DELETE FROM weights WHERE sha256 = @sha256', { sha256 });
    return [path];
  });
}
