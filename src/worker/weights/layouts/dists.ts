import type { Layout } from './layout';
import { TensorList } from './parts/tensors';

/** Channels of the picture itself and of the five taps of VGG-16. */
const CHANNELS = 3 + 64 + 128 + 256 + 512 + 512;

const layout: Layout = {
  id: 'dists',
  kind: 'distance',
  title: 'DISTS on VGG-16',
  variants: [
    {
      id: 'dists',
      tensors: new TensorList()
        .parameter('alpha', 1, CHANNELS, 1, 1)
        .parameter('beta', 1, CHANNELS, 1, 1).all,
    },
  ],
};
export default layout;
