import type { Layout } from './layout';
import { TensorList } from './parts/tensors';
import { vggTensors } from './parts/vgg';

const layout: Layout = {
  id: 'vgg16',
  kind: 'trunk',
  title: 'VGG-16 (ImageNet)',
  variants: [
    {
      id: 'vgg16',
      tensors: new TensorList().include(vggTensors(), (name) => `features.${name}`).all,
    },
  ],
  // torchvision's classifier, timm's.
  unused: /^(classifier|pre_logits|head)\./,
};
export default layout;
