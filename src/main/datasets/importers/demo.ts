import { fixedTable } from '../labels/fixed-table';

/** The data set that `createDemo` makes; recognised by its file names, so that a copy of it stays marked synthetic. */
export default fixedTable({
  id: 'demo',
  title: 'Demo data set (synthetic)',
  labelFiles: ['labels.csv'],
  imageFolders: ['images'],
  imageName: /^[a-z]+-\d+_(pristine|(blur|noise|jpeg|colours|pixels)_[1-5])\.png$/,
  synthetic: true,
  mapping: () => ({
    image: 'image',
    score: 'mos',
    std: 'std',
    group: 'content',
    scoreKind: 'mos',
    scoreMin: 0,
    scoreMax: 100,
    decimal: '.',
  }),
  notes: ['Synthetic: drawn by a program, rated by simulated raters.'],
});
