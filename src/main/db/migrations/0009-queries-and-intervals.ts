import type { Migration } from './index';

/** What an attack asked of the model, and the bounds a certified score keeps; null in rows from before. */
const queriesAndIntervals: Migration = (db) => {
  db.exec(`
ALTER TABLE attack_rows ADD COLUMN queries REAL;
ALTER TABLE attack_rows ADD COLUMN gradients REAL;
ALTER TABLE score_rows ADD COLUMN certified_low REAL;
ALTER TABLE score_rows ADD COLUMN certified_high REAL;
`);
};
export default queriesAndIntervals;
