import type { Migration } from './index';

/**
 * The first schema. Times are milliseconds since 1970; booleans are 0 or 1; structured values that
 * are never searched are JSON. Paths inside the workspace are stored relative to it, so that the
 * folder can be moved.
 */
const initial: Migration = (db) => {
  db.exec(sources);
  db.exec(work);
  db.exec(results);
};
export default initial;

const sources = `
CREATE TABLE workspace (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  name TEXT NOT NULL,
  created_at_ms INTEGER NOT NULL,
  app_version TEXT NOT NULL
) STRICT;

CREATE TABLE datasets (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL,
  importer TEXT NOT NULL,
  root TEXT NOT NULL,
  score_kind TEXT NOT NULL CHECK (score_kind IN ('mos', 'dmos')),
  score_min REAL NOT NULL,
  score_max REAL NOT NULL,
  synthetic INTEGER NOT NULL CHECK (synthetic IN (0, 1)),
  content_hash TEXT NOT NULL,
  report TEXT NOT NULL,
  created_at_ms INTEGER NOT NULL,
  deleted_at_ms INTEGER
) STRICT;

CREATE TABLE images (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  dataset_id INTEGER NOT NULL REFERENCES datasets (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  name TEXT NOT NULL,
  rel_path TEXT NOT NULL,
  width INTEGER NOT NULL,
  height INTEGER NOT NULL,
  score REAL NOT NULL,
  score_std REAL,
  group_key TEXT,
  sha256 TEXT NOT NULL,
  dhash TEXT NOT NULL,
  UNIQUE (dataset_id, position)
) STRICT;

CREATE TABLE splits (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  dataset_id INTEGER NOT NULL REFERENCES datasets (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  spec TEXT NOT NULL,
  score_min REAL NOT NULL,
  score_max REAL NOT NULL,
  content_hash TEXT NOT NULL,
  notes TEXT NOT NULL,
  created_at_ms INTEGER NOT NULL,
  deleted_at_ms INTEGER
) STRICT;
CREATE INDEX splits_of_dataset ON splits (dataset_id);

CREATE TABLE split_members (
  split_id INTEGER NOT NULL REFERENCES splits (id) ON DELETE CASCADE,
  image_id INTEGER NOT NULL REFERENCES images (id) ON DELETE CASCADE,
  side TEXT NOT NULL CHECK (side IN ('train', 'validation', 'test')),
  PRIMARY KEY (split_id, image_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX split_members_of_image ON split_members (image_id);
`;

const work = `
-- Colour and marker of a model are given once and kept for good.
CREATE TABLE model_slots (
  model_id TEXT PRIMARY KEY,
  slot INTEGER NOT NULL UNIQUE
) STRICT, WITHOUT ROWID;

CREATE TABLE pairs (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL,
  created_at_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE runs (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  pair_id INTEGER REFERENCES pairs (id),
  regime TEXT NOT NULL CHECK (regime IN ('baseline', 'nt')),
  name TEXT NOT NULL,
  dataset_id INTEGER NOT NULL REFERENCES datasets (id),
  split_id INTEGER NOT NULL REFERENCES splits (id),
  model_id TEXT NOT NULL REFERENCES model_slots (model_id),
  model_title TEXT NOT NULL,
  spec TEXT NOT NULL,
  selection TEXT NOT NULL CHECK (selection IN ('validation', 'last', 'test')),
  epochs_total INTEGER NOT NULL,
  dataset_hash TEXT NOT NULL,
  split_hash TEXT NOT NULL,
  app_version TEXT NOT NULL,
  engine TEXT,
  engine_versions TEXT,
  selected_epoch INTEGER,
  selected_checkpoint TEXT,
  weights_sha256 TEXT,
  parameter_count INTEGER,
  lab_scale REAL,
  lab_offset REAL,
  created_at_ms INTEGER NOT NULL,
  deleted_at_ms INTEGER,
  UNIQUE (pair_id, regime)
) STRICT;
CREATE INDEX runs_of_split ON runs (split_id);
CREATE INDEX runs_of_dataset ON runs (dataset_id);

CREATE TABLE jobs (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  kind TEXT NOT NULL CHECK (kind IN ('train', 'evaluate', 'attack', 'norms')),
  run_id INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  spec TEXT NOT NULL,
  -- What it does, beside the run's name; for attacks also the label and access figures show.
  action TEXT NOT NULL,
  label TEXT,
  access TEXT CHECK (access IN ('white-box', 'black-box')),
  state TEXT NOT NULL CHECK (state IN
    ('queued', 'running', 'paused', 'done', 'failed', 'cancelled', 'interrupted')),
  note TEXT,
  error TEXT,
  progress TEXT,
  position INTEGER NOT NULL,
  engine TEXT,
  -- The worker process that computes it; null when none does.
  lease_pid INTEGER,
  lease_started_ms INTEGER,
  heartbeat_ms INTEGER,
  created_at_ms INTEGER NOT NULL,
  started_at_ms INTEGER,
  ended_at_ms INTEGER,
  CHECK ((lease_pid IS NULL) = (heartbeat_ms IS NULL))
) STRICT;
CREATE UNIQUE INDEX one_training_per_run ON jobs (run_id) WHERE kind = 'train';
CREATE INDEX jobs_of_run ON jobs (run_id, kind);
CREATE INDEX jobs_by_state ON jobs (state, position);

CREATE TABLE checkpoints (
  run_id INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  step INTEGER NOT NULL,
  epoch INTEGER NOT NULL,
  path TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  size_bytes INTEGER NOT NULL,
  selected INTEGER NOT NULL CHECK (selected IN (0, 1)),
  created_at_ms INTEGER NOT NULL,
  PRIMARY KEY (run_id, step)
) STRICT, WITHOUT ROWID;
`;

const results = `
CREATE TABLE steps (
  run_id INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  step INTEGER NOT NULL,
  epoch INTEGER NOT NULL,
  quality_loss REAL NOT NULL,
  norm_term REAL NOT NULL,
  total REAL NOT NULL,
  norm_estimate REAL,
  learning_rate REAL NOT NULL,
  PRIMARY KEY (run_id, step)
) STRICT, WITHOUT ROWID;

CREATE TABLE epochs (
  run_id INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  epoch INTEGER NOT NULL,
  step INTEGER NOT NULL,
  validation_srocc REAL,
  validation_rmse REAL,
  train_ms REAL NOT NULL,
  data_wait_share REAL NOT NULL,
  PRIMARY KEY (run_id, epoch)
) STRICT, WITHOUT ROWID;

CREATE TABLE score_rows (
  job_id INTEGER NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
  image_id INTEGER NOT NULL REFERENCES images (id),
  score REAL NOT NULL,
  views INTEGER NOT NULL,
  PRIMARY KEY (job_id, image_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX score_rows_of_image ON score_rows (image_id);

CREATE TABLE attack_rows (
  job_id INTEGER NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
  image_id INTEGER NOT NULL REFERENCES images (id),
  clean REAL NOT NULL,
  attacked_float REAL NOT NULL,
  attacked_eight_bit REAL NOT NULL,
  linf_float REAL NOT NULL,
  linf_eight_bit REAL NOT NULL,
  l2 REAL NOT NULL,
  ssim TEXT NOT NULL,
  psnr REAL,
  direction TEXT NOT NULL CHECK (direction IN ('up', 'down', 'mixed')),
  steps INTEGER NOT NULL,
  zero_gradient_share REAL NOT NULL,
  clamped_share REAL NOT NULL,
  duration_ms REAL NOT NULL,
  artifact TEXT,
  PRIMARY KEY (job_id, image_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX attack_rows_of_image ON attack_rows (image_id);

CREATE TABLE norm_rows (
  job_id INTEGER NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
  image_id INTEGER NOT NULL REFERENCES images (id),
  exact REAL NOT NULL,
  estimate REAL NOT NULL,
  relative_error REAL,
  views INTEGER NOT NULL,
  PRIMARY KEY (job_id, image_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX norm_rows_of_image ON norm_rows (image_id);

CREATE TABLE warnings (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  job_id INTEGER NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
  code TEXT NOT NULL,
  message TEXT NOT NULL,
  image_id INTEGER,
  created_at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX warnings_of_job ON warnings (job_id);

CREATE TABLE exports (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  file_name TEXT NOT NULL,
  def_id TEXT NOT NULL,
  format TEXT NOT NULL,
  recipe TEXT NOT NULL,
  size_bytes INTEGER NOT NULL,
  sha256 TEXT NOT NULL,
  created_at_ms INTEGER NOT NULL
) STRICT;
`;
