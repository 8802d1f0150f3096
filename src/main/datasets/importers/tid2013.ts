import { fixedTable } from '../labels/fixed-table';

/** TID2013 (N. Ponomarenko et al., Signal Processing: Image Communication 2015). */
export default fixedTable({
  id: 'tid2013',
  title: 'TID2013',
  labelFiles: ['mos_with_names.txt'],
  imageFolders: ['distorted_images'],
  imageName: /^I\d\d_\d\d_\d\.bmp$/i,
  mapping: () => ({
    score: 'column 1',
    image: 'column 2',
    scoreKind: 'mos',
    scoreMin: 0,
    scoreMax: 9,
    decimal: '.',
  }),
  groupOf: (name) => name.slice(0, 3).toUpperCase(),
  notes: [
    'MOS on 0 to 9; pictures of one reference share the first three characters of their names.',
  ],
});
