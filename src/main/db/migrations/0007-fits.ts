import type { Migration } from './index';

/**
 * Fits: jobs whose result is a file of the inventory.
 *
 * The first schema listed the kinds of jobs in a CHECK, which SQLite cannot change. Copying the table would delete the
 * rows of the tables that refer to it, so the column is replaced in place; from here on the contract alone
 * (`JobKind`) says which kinds there are.
 */
const fits: Migration = (db) => {
  db.exec(`
DROP INDEX one_training_per_run;
DROP INDEX jobs_of_run;
ALTER TABLE jobs ADD COLUMN kind_of_job TEXT NOT NULL DEFAULT '';
UPDATE jobs SET kind_of_job = kind;
ALTER TABLE jobs DROP COLUMN kind;
ALTER TABLE jobs RENAME COLUMN kind_of_job TO kind;
CREATE UNIQUE INDEX one_training_per_run ON jobs (run_id) WHERE kind = 'train';
CREATE INDEX jobs_of_run ON jobs (run_id, kind);

CREATE TABLE fit_results (
  job_id INTEGER PRIMARY KEY REFERENCES jobs (id) ON DELETE CASCADE,
  sha256 TEXT NOT NULL
) STRICT;
`);
};
export default fits;
