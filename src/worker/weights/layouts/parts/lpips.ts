import type { Tensors } from '../layout';
import { TensorList } from './tensors';

/** The linear layers of LPIPS (Zhang et al., CVPR 2018), one without bias per tap of the trunk. */
export function lpipsTensors(channels: readonly number[]): Tensors {
  const list = new TensorList();
  channels.forEach((count, tap) => list.parameter(`lin${tap}.model.1.weight`, 1, count, 1, 1));
  return list.all;
}
