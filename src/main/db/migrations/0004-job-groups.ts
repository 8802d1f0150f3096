import type { Migration } from './index';

/**
 * Jobs that were asked for as one. A job may be in several groups: a grid reuses what exists. The
 * kind is checked by the program, so that a new one needs no migration.
 */
const groups: Migration = (db) => {
  db.exec(`
CREATE TABLE job_groups (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  unit TEXT NOT NULL,
  created_at_ms INTEGER NOT NULL
) STRICT;
CREATE TABLE job_group_members (
  group_id INTEGER NOT NULL REFERENCES job_groups (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  job_id INTEGER NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
  -- Work in the whole job, in the group's unit, known before the job has started.
  units INTEGER NOT NULL,
  PRIMARY KEY (group_id, position),
  UNIQUE (group_id, job_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX job_group_members_of_job ON job_group_members (job_id);
`);
};
export default groups;
