import type { Layout, Tensors } from '../layout';
import { TensorList } from './tensors';

interface Design {
  readonly blocks: readonly number[];
  /** Width of the 3x3 convolution relative to the stage's 64, 128, ...; 0: two 3x3 convolutions instead of three. */
  readonly bottleneck: number;
  readonly groups: number;
}

const designs: Readonly<Record<string, Design>> = {
  resnet18: { blocks: [2, 2, 2, 2], bottleneck: 0, groups: 1 },
  resnet34: { blocks: [3, 4, 6, 3], bottleneck: 0, groups: 1 },
  resnet50: { blocks: [3, 4, 6, 3], bottleneck: 1, groups: 1 },
  resnext101_32x8d: { blocks: [3, 4, 23, 3], bottleneck: 4, groups: 32 },
};

/** Channels after layer 3 and layer 4. */
export function resnetChannels(id: string): readonly [number, number] {
  const wide = (designs[id]?.bottleneck ?? 0) > 0 ? 4 : 1;
  return [256 * wide, 512 * wide];
}

/** A ResNet without its classifier, under torchvision's names (He et al., CVPR 2016; Xie et al., CVPR 2017). */
export function resnetTensors(id: string): Tensors {
  const design = designs[id];
  if (!design) throw new Error(`resnetTensors: no design "${id}"`);
  const list = new TensorList().parameter('conv1.weight', 64, 3, 7, 7).batchNorm('bn1', 64);
  let inputs = 64;
  design.blocks.forEach((count, stage) => {
    const width = 64 * 2 ** stage;
    const outputs = design.bottleneck > 0 ? 4 * width : width;
    for (let block = 0; block < count; block++) {
      const name = `layer${stage + 1}.${block}`;
      if (design.bottleneck > 0) addBottleneck(list, name, inputs, width, design);
      else addBasic(list, name, inputs, width);
      if (inputs !== outputs || (block === 0 && stage > 0)) {
        list.parameter(`${name}.downsample.0.weight`, outputs, inputs, 1, 1);
        list.batchNorm(`${name}.downsample.1`, outputs);
      }
      inputs = outputs;
    }
  });
  return list.all;
}

/** The layout of a trunk of torchvision; timm's files have the same names. */
export function resnetTrunk(id: string, title: string): Layout {
  return {
    id,
    kind: 'trunk',
    title,
    variants: [{ id, tensors: resnetTensors(id) }],
    unused: /^fc\.(weight|bias)$/,
  };
}

function addBasic(list: TensorList, name: string, inputs: number, width: number): void {
  list.parameter(`${name}.conv1.weight`, width, inputs, 3, 3).batchNorm(`${name}.bn1`, width);
  list.parameter(`${name}.conv2.weight`, width, width, 3, 3).batchNorm(`${name}.bn2`, width);
}

function addBottleneck(
  list: TensorList,
  name: string,
  inputs: number,
  stageWidth: number,
  { bottleneck, groups }: Design,
): void {
  const width = stageWidth * bottleneck;
  list.parameter(`${name}.conv1.weight`, width, inputs, 1, 1).batchNorm(`${name}.bn1`, width);
  list.parameter(`${name}.conv2.weight`, width, width / groups, 3, 3);
  list.batchNorm(`${name}.bn2`, width);
  list.parameter(`${name}.conv3.weight`, 4 * stageWidth, width, 1, 1);
  list.batchNorm(`${name}.bn3`, 4 * stageWidth);
}
