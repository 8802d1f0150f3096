import type { Tensors } from '../layout';
import { TensorList } from './tensors';

/** Output channels of the nine blocks; each is a convolution, a normalisation and a ReLU. */
const CHANNELS = [48, 48, 64, 64, 64, 64, 128, 128, 128];

/** The feature part of the SCNN (Zhang et al., IEEE TCSVT 2020), by index: three per block. */
export function scnnTensors(): Tensors {
  const list = new TensorList();
  let inputs = 3;
  CHANNELS.forEach((outputs, block) => {
    list.layer(String(3 * block), outputs, inputs, 3, 3).batchNorm(String(3 * block + 1), outputs);
    inputs = outputs;
  });
  return list.all;
}
