import { fixedTable } from '../labels/fixed-table';

/** CSIQ (E. C. Larson and D. M. Chandler, J. Electronic Imaging 2010) with the label list of HyperIQA's code. */
export default fixedTable({
  id: 'csiq',
  title: 'CSIQ',
  labelFiles: ['csiq_label.txt'],
  imageFolders: ['dst_imgs_all', 'dst_imgs'],
  imageName: /^\w+\.[\w.]+\.\d\.png$/i,
  mapping: () => ({
    image: 'column 1',
    score: 'column 2',
    scoreKind: 'dmos',
    scoreMin: 0,
    scoreMax: 1,
    decimal: '.',
  }),
  groupOf: (name) => name.slice(0, Math.max(0, name.indexOf('.'))),
  notes: ['DMOS on 0 to 1, lower is better; on the lab scale it is turned around.'],
});
