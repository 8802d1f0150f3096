import type { Migration } from './index';

/** LPIPS and DISTS of attacked pictures, and all measures of the picture as saved in 8 bit. */
const fidelity: Migration = (db) => {
  db.exec(`
ALTER TABLE attack_rows ADD COLUMN perceptual TEXT;
ALTER TABLE attack_rows ADD COLUMN saved TEXT;
`);
};
export default fidelity;
