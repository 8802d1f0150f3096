import type { Migration } from './index';

/**
 * A pair names its two runs, so that one baseline can stand beside several twins: trained once, it is the same to the
 * last bit however often it is trained. `runs.pair_id` is no longer written.
 */
const sharedRuns: Migration = (db) => {
  db.exec(`
ALTER TABLE pairs ADD COLUMN baseline_run_id INTEGER REFERENCES runs (id) ON DELETE SET NULL;
ALTER TABLE pairs ADD COLUMN nt_run_id INTEGER REFERENCES runs (id) ON DELETE SET NULL;
UPDATE pairs SET
  baseline_run_id = (SELECT id FROM runs WHERE pair_id = pairs.id AND regime = 'baseline'),
  nt_run_id = (SELECT id FROM runs WHERE pair_id = pairs.id AND regime = 'nt');
UPDATE runs SET pair_id = NULL;
CREATE INDEX pairs_of_baseline ON pairs (baseline_run_id);
CREATE INDEX pairs_of_nt ON pairs (nt_run_id);
`);
};
export default sharedRuns;
