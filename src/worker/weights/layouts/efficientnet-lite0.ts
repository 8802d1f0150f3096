import type { Layout } from './layout';
import { efficientNetLite0Tensors } from './parts/efficientnet-lite';
import { TensorList } from './parts/tensors';

/** This lab's own model: the published trunk and one linear layer. */
const tensors = new TensorList()
  .include(efficientNetLite0Tensors(), (name) => `trunk.${name}`)
  .layer('head', 1, 1280).all;

const layout: Layout = {
  id: 'efficientnet-lite0',
  kind: 'model',
  title: 'EfficientNet-Lite0',
  variants: [{ id: 'efficientnet-lite0', tensors }],
  starts: [{ trunk: 'efficientnet-lite0-trunk', inModel: (name) => `trunk.${name}` }],
};
export default layout;
