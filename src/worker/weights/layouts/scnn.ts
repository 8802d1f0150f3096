import type { Layout } from './layout';
import { scnnTensors } from './parts/scnn';
import { TensorList } from './parts/tensors';

/** Features, then two 1x1 convolutions and the classifier of 39 distortions, which DBCNN does not use. */
const tensors = new TensorList()
  .include(scnnTensors(), (name) => `features.${name}`)
  .layer('projection.0', 256, 128, 1, 1)
  .batchNorm('projection.1', 256)
  .layer('projection.3', 256, 256, 1, 1)
  .batchNorm('projection.4', 256)
  .layer('classifier', 39, 256).all;

const layout: Layout = {
  id: 'scnn',
  kind: 'trunk',
  title: 'SCNN (synthetic distortions)',
  variants: [{ id: 'scnn', tensors }],
};
export default layout;
