import type { ReadableDb, WritableDb } from './handle';

/** What can be deleted and brought back. */
export type Binned = 'datasets' | 'splits' | 'runs';

/** How long a deleted thing can be brought back. */
export const binDays = 30;

/** Puts one thing into the bin (`atMs`) or takes it out again (null). */
export function setDeleted(db: WritableDb, table: Binned, id: number, atMs: number | null): void {
  db.run(`UPDATE ${table} SET deleted_at_ms = @atMs WHERE id = @id`, { id, atMs });
}

export function isDeleted(db: ReadableDb, table: Binned, id: number): boolean {
  const row = db.get<{ at: number | null }>(
    `SELECT deleted_at_ms AS at FROM ${table} WHERE id = @id`,
    { id },
  );
  return row?.at != null;
}

/** Runs outside the bin that use a data set. */
export function countLiveRuns(db: ReadableDb, datasetId: number): number {
  const row = db.get<{ n: number }>(
    'SELECT count(*) AS n FROM runs WHERE dataset_id = @datasetId AND deleted_at_ms IS NULL',
    { datasetId },
  );
  return row?.n ?? 0;
}

export interface Purged {
  readonly runIds: number[];
  /** Jobs that went with the runs: their artifacts can be removed. */
  readonly jobIds: number[];
}

/**
 * Removes for good what has been in the bin since before `beforeMs`; what something else still uses
 * stays until that goes too. Originals are never touched.
 */
export function purgeBin(db: WritableDb, beforeMs: number): Purged {
  return db.transaction(() => {
    const old = 'deleted_at_ms IS NOT NULL AND deleted_at_ms < @beforeMs';
    const ids = (sql: string): number[] =>
      db.all<{ id: number }>(sql, { beforeMs }).map((row) => row.id);
    const runIds = ids(`SELECT id FROM runs WHERE ${old}`);
    const jobIds = ids(`SELECT id FROM jobs WHERE run_id IN (SELECT id FROM runs WHERE ${old})`);
    db.run(`DELETE FROM runs WHERE ${old}`, { beforeMs });
    // The run that is left, if any, is an unpaired one from now on.
    db.run('DELETE FROM pairs WHERE baseline_run_id IS NULL OR nt_run_id IS NULL');
    db.run(
      `DELETE FROM splits WHERE ${old} AND NOT EXISTS
         (SELECT 1 FROM runs WHERE split_id = splits.id)`,
      { beforeMs },
    );
    db.run(
      `DELETE FROM datasets WHERE ${old} AND NOT EXISTS
         (SELECT 1 FROM runs WHERE dataset_id = datasets.id)`,
      { beforeMs },
    );
    return { runIds, jobIds };
  });
}
