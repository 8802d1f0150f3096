import { fixedTable, pickColumn } from '../labels/fixed-table';

/** KADID-10k (H. Lin, V. Hosu and D. Saupe, QoMEX 2019). */
export default fixedTable({
  id: 'kadid10k',
  title: 'KADID-10k',
  labelFiles: ['dmos.csv', 'kadid10k_label.txt'],
  imageFolders: ['images', ''],
  imageName: /^I\d\d_\d\d_\d\d\.png$/i,
  mapping: (columns) => ({
    image: pickColumn(columns, /^dist_?img$/i, 0),
    score: pickColumn(columns, /^dmos$/i, 1),
    scoreKind: 'mos',
    scoreMin: 1,
    scoreMax: 5,
    decimal: '.',
  }),
  groupOf: (name) => name.slice(0, 3).toUpperCase(),
  notes: [
    'The column is called "dmos", but higher is better in this data set: it is read as MOS on 1 to 5.',
  ],
});
