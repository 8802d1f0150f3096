import type { ReadableDb, WritableDb } from './handle';

export interface StoredExport {
  readonly id: number;
  readonly fileName: string;
  readonly format: string;
}

export interface NewExport {
  readonly fileName: string;
  readonly defId: string;
  readonly format: string;
  /** What makes the same file again: definition, selection, options, size. */
  readonly recipe: unknown;
  readonly sizeBytes: number;
  readonly sha256: string;
  readonly createdAtMs: number;
}

export function insertExport(db: WritableDb, file: NewExport): number {
  return db.run(
    `INSERT INTO exports (file_name, def_id, format, recipe, size_bytes, sha256, created_at_ms)
     VALUES (@fileName, @defId, @format, @recipe, @sizeBytes, @sha256, @createdAtMs)`,
    { ...file, recipe: JSON.stringify(file.recipe) },
  ).id;
}

export function findExport(db: ReadableDb, id: number): StoredExport | null {
  return (
    db.get<StoredExport>('SELECT id, file_name AS fileName, format FROM exports WHERE id = @id', {
      id,
    }) ?? null
  );
}
