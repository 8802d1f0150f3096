import { fixedTable, pickColumn } from '../labels/fixed-table';

/** KonIQ-10k (V. Hosu, H. Lin, T. Sziranyi and D. Saupe, IEEE TIP 2020). */
export default fixedTable({
  id: 'koniq10k',
  title: 'KonIQ-10k',
  labelFiles: ['koniq10k_scores_and_distributions.csv', 'koniq10k_distributions_sets.csv'],
  imageFolders: ['1024x768', '512x384', 'images', ''],
  imageName: /^\d+\.jpg$/i,
  mapping: (columns) => ({
    image: pickColumn(columns, /^image_name$/i, 0),
    // The first release has MOS on 1 to 5 beside MOS_zscore on 0 to 100; the one with sets has MOS on 0 to 100.
    score: pickColumn(columns, /^MOS_zscore$/i, columns.indexOf('MOS')),
    scoreKind: 'mos',
    scoreMin: 0,
    scoreMax: 100,
    decimal: '.',
  }),
  notes: [
    'MOS on 0 to 100 (z-scores where the release has both); deviations refer to 1 to 5 and are left out.',
  ],
});
