import type { ReadableDb, WritableDb } from './handle';

export interface WorkspaceRow {
  readonly name: string;
  readonly created_at_ms: number;
}

/** The one row that says what this workspace is; undefined in a new file. */
export function readWorkspaceRow(db: ReadableDb): WorkspaceRow | undefined {
  return db.get<WorkspaceRow>('SELECT name, created_at_ms FROM workspace');
}

export function createWorkspaceRow(
  db: WritableDb,
  row: { name: string; createdAtMs: number; appVersion: string },
): void {
  db.run(
    `INSERT INTO workspace (id, name, created_at_ms, app_version)
     VALUES (1, @name, @createdAtMs, @appVersion)`,
    row,
  );
}
