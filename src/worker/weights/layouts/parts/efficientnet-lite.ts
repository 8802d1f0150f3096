import { TensorList } from './tensors';
import type { Tensors } from '../layout';

/** Repeats, kernel, expansion and outputs of each stage (Tan & Le, ICML 2019, without squeeze-and-excitation). */
const STAGES = [
  [1, 3, 1, 16],
  [2, 3, 6, 24],
  [2, 5, 6, 40],
  [3, 3, 6, 80],
  [3, 5, 6, 112],
  [4, 5, 6, 192],
  [1, 3, 6, 320],
] as const;

/** EfficientNet-Lite0 without its classifier, under the names of the Python package efficientnet-lite-pytorch. */
export function efficientNetLite0Tensors(): Tensors {
  const list = new TensorList().parameter('_conv_stem.weight', 32, 3, 3, 3).batchNorm('_bn0', 32);
  let inputs = 32;
  let block = 0;
  for (const [repeats, kernel, expansion, outputs] of STAGES) {
    for (let i = 0; i < repeats; i++) {
      const name = `_blocks.${block++}`;
      const width = inputs * expansion;
      if (expansion !== 1) {
        list.parameter(`${name}._expand_conv.weight`, width, inputs, 1, 1);
        list.batchNorm(`${name}._bn0`, width);
      }
      list.parameter(`${name}._depthwise_conv.weight`, width, 1, kernel, kernel);
      list.batchNorm(`${name}._bn1`, width);
      list.parameter(`${name}._project_conv.weight`, outputs, width, 1, 1);
      list.batchNorm(`${name}._bn2`, outputs);
      inputs = outputs;
    }
  }
  return list.parameter('_conv_head.weight', 1280, inputs, 1, 1).batchNorm('_bn1', 1280).all;
}
