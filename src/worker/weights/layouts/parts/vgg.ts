import type { Tensors } from '../layout';
import { TensorList } from './tensors';

/** Index of each convolution in torchvision's `features`, and its output channels (configuration D). */
const CONVOLUTIONS = [
  [0, 64],
  [2, 64],
  [5, 128],
  [7, 128],
  [10, 256],
  [12, 256],
  [14, 256],
  [17, 512],
  [19, 512],
  [21, 512],
  [24, 512],
  [26, 512],
  [28, 512],
] as const;

/** The convolutions of VGG-16 (Simonyan & Zisserman, ICLR 2015), by index. */
export function vggTensors(): Tensors {
  const list = new TensorList();
  let inputs = 3;
  for (const [index, outputs] of CONVOLUTIONS) {
    list.layer(String(index), outputs, inputs, 3, 3);
    inputs = outputs;
  }
  return list.all;
}
