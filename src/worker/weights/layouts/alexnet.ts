import type { Layout } from './layout';
import { TensorList } from './parts/tensors';

/** torchvision's AlexNet (Krizhevsky, 2014): index in `features`, outputs, inputs, kernel. */
const tensors = new TensorList()
  .layer('features.0', 64, 3, 11, 11)
  .layer('features.3', 192, 64, 5, 5)
  .layer('features.6', 384, 192, 3, 3)
  .layer('features.8', 256, 384, 3, 3)
  .layer('features.10', 256, 256, 3, 3).all;

const layout: Layout = {
  id: 'alexnet',
  kind: 'trunk',
  title: 'AlexNet (ImageNet)',
  variants: [{ id: 'alexnet', tensors }],
  unused: /^classifier\./,
};
export default layout;
