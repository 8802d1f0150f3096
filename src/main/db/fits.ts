import type { FitSpec } from '@shared/domain/run';
import type { StoredWeights } from '@shared/domain/weights';
import type { ReadableDb, WritableDb } from './handle';
import { fromJson } from './handle';
import { findWeights } from './weights';

/** Remembers which file of the inventory a fit came to. */
export function setFitResult(db: WritableDb, jobId: number, sha256: string): void {
  db.run('INSERT OR REPLACE INTO fit_results (job_id, sha256) VALUES (@jobId, @sha256)', {
    jobId,
    sha256,
  });
}

/** Files of finished fits, newest first; those put into the bin are left out. */
export function listFitResults(db: ReadableDb): { jobId: number; weights: StoredWeights }[] {
  return db
    .all<{ jobId: number; sha256: string }>(
      'SELECT job_id AS jobId, sha256 FROM fit_results ORDER BY job_id DESC',
    )
    .flatMap(({ jobId, sha256 }) => {
      const found = findWeights(db, sha256)?.weights;
      return found?.deletedAtMs === null ? [{ jobId, weights: found }] : [];
    });
}

/** How a weight file was fitted here: the newest fit that came to it; null for a file from outside. */
export function fitOf(db: ReadableDb, sha256: string): FitSpec | null {
  const row = db.get<{ spec: string }>(
    `SELECT j.spec FROM fit_results f JOIN jobs j ON j.id = f.job_id WHERE f.sha256 = @sha256
     ORDER BY f.job_id DESC LIMIT 1`,
    { sha256 },
  );
  return row ? fromJson<FitSpec>(row.spec) : null;
}
