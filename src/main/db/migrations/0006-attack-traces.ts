import type { Migration } from './index';

/** What an attack did to chosen images, step by step. */
const traces: Migration = (db) => {
  db.exec(`
CREATE TABLE attack_traces (
  job_id INTEGER NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
  image_id INTEGER NOT NULL REFERENCES images (id),
  step INTEGER NOT NULL,
  score REAL NOT NULL,
  loss REAL,
  linf REAL NOT NULL,
  ssim REAL,
  PRIMARY KEY (job_id, image_id, step)
) STRICT, WITHOUT ROWID;
CREATE INDEX attack_traces_of_image ON attack_traces (image_id);
`);
};
export default traces;
