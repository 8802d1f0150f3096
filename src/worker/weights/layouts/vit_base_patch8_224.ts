import type { Layout } from './layout';
import { vitTensors } from './parts/vit';

const layout: Layout = {
  id: 'vit_base_patch8_224',
  kind: 'trunk',
  title: 'ViT-B/8 (ImageNet)',
  variants: [{ id: 'vit_base_patch8_224', tensors: vitTensors() }],
  // Files trained on ImageNet-21k have a hidden layer in front of the classifier.
  unused: /^(head|pre_logits\.fc)\./,
};
export default layout;
