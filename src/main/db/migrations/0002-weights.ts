import type { Migration } from './index';

/** Weight files from outside, known by the SHA-256 of their content. `facts` is what reading told. */
const weights: Migration = (db) => {
  db.exec(`
CREATE TABLE weights (
  sha256 TEXT PRIMARY KEY,
  file_name TEXT NOT NULL,
  path TEXT NOT NULL,
  size_bytes INTEGER NOT NULL,
  facts TEXT NOT NULL,
  added_at_ms INTEGER NOT NULL,
  deleted_at_ms INTEGER
) STRICT, WITHOUT ROWID;
`);
};
export default weights;
