import type { Layout } from './layout';
import { lpipsTensors } from './parts/lpips';

const layout: Layout = {
  id: 'lpips-vgg',
  kind: 'distance',
  title: 'LPIPS on VGG-16',
  variants: [{ id: 'lpips-vgg', tensors: lpipsTensors([64, 128, 256, 512, 512]) }],
};
export default layout;
