import type { Layout } from './layout';
import { scnnTensors } from './parts/scnn';
import { TensorList } from './parts/tensors';
import { vggTensors } from './parts/vgg';

/** Zhang et al., IEEE TCSVT 2020; pyiqa has the same names, the authors' files `module.` in front of them. */
const tensors = new TensorList()
  .include(vggTensors(), (name) => `features1.${name}`)
  .include(scnnTensors(), (name) => `features2.${name}`)
  .layer('fc', 1, 512 * 128).all;

const layout: Layout = {
  id: 'dbcnn',
  kind: 'model',
  title: 'DBCNN',
  variants: [{ id: 'vgg16', tensors }],
  starts: [
    { trunk: 'vgg16', inModel: (name) => name.replace(/^features\./, 'features1.') },
    { trunk: 'scnn', inModel: (name) => name.replace(/^features\./, 'features2.') },
  ],
};
export default layout;
