import type { Migration } from './index';

/** Repeats of one pair over seeds or splits, told apart from pairs that merely look alike. */
const series: Migration = (db) => {
  db.exec(`
CREATE TABLE series (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL,
  over TEXT NOT NULL CHECK (over IN ('seeds', 'splits')),
  created_at_ms INTEGER NOT NULL
) STRICT;
ALTER TABLE pairs ADD COLUMN series_id INTEGER REFERENCES series (id);
`);
};
export default series;
