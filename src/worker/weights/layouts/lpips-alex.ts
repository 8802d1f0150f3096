import type { Layout } from './layout';
import { lpipsTensors } from './parts/lpips';

const layout: Layout = {
  id: 'lpips-alex',
  kind: 'distance',
  title: 'LPIPS on AlexNet',
  variants: [{ id: 'lpips-alex', tensors: lpipsTensors([64, 192, 384, 256, 256]) }],
};
export default layout;
