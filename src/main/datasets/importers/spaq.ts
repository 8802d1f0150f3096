import { fixedTable, pickColumn } from '../labels/fixed-table';

/** SPAQ (Y. Fang, H. Zhu, Y. Zeng, K. Ma and Z. Wang, CVPR 2020). */
export default fixedTable({
  id: 'spaq',
  title: 'SPAQ',
  labelFiles: [
    'Annotations/MOS and Image attribute scores.xlsx',
    'MOS and Image attribute scores.xlsx',
  ],
  imageFolders: ['TestImage', 'TestImage512', ''],
  imageName: /^\d+\.(jpg|png)$/i,
  mapping: (columns) => ({
    image: pickColumn(columns, /^image ?name$/i, 0),
    score: pickColumn(columns, /^MOS$/i, 1),
    scoreKind: 'mos',
    scoreMin: 0,
    scoreMax: 100,
    decimal: '.',
  }),
  notes: [
    'MOS on 0 to 100; attribute scores are not read. The full-size photographs are large: training resizes them.',
  ],
});
