import type { Layout } from './layout';
import { efficientNetLite0Tensors } from './parts/efficientnet-lite';

const layout: Layout = {
  id: 'efficientnet-lite0-trunk',
  kind: 'trunk',
  title: 'EfficientNet-Lite0 (ImageNet)',
  variants: [{ id: 'efficientnet-lite0', tensors: efficientNetLite0Tensors() }],
  // The classifier.
  unused: /^_fc\.(weight|bias)$/,
};
export default layout;
