import type { Layout, Tensors } from './layout';
import { resnetChannels, resnetTensors } from './parts/resnet';
import { TensorList } from './parts/tensors';

/** Li et al., ACM MM 2020: torchvision's children by index, two heads on the last two stages, one on both. */
function tensors(trunk: string): Tensors {
  const list = new TensorList().include(resnetTensors(trunk), inFeatures);
  resnetChannels(trunk).forEach((channels, i) => {
    const head = `dr${i + 6}`;
    let inputs = channels;
    [1024, 256, 64].forEach((outputs, layer) => {
      list.layer(`${head}.${2 * layer}`, outputs, inputs);
      list.batchNorm(`${head}.${2 * layer + 1}`, outputs);
      inputs = outputs;
    });
  });
  list.layer('regr6', 1, 64).layer('regr7', 1, 64).layer('regression', 1, 128);
  // Slope and offset from each output to the ratings: fused, level 6, level 7. The authors keep them beside the weights.
  return list.constant('k', 3).constant('b', 3).all;
}

/** Children of torchvision's ResNet: 0 conv1, 1 bn1, 2 ReLU, 3 pooling, 4 to 7 layer1 to layer4. */
function inFeatures(name: string): string {
  return name
    .replace(/^conv1\./, 'features.0.')
    .replace(/^bn1\./, 'features.1.')
    .replace(/^layer(\d)\./, (_, stage: string) => `features.${Number(stage) + 3}.`);
}

const trunks = ['resnet18', 'resnet34', 'resnet50'];

const layout: Layout = {
  id: 'linearityiqa',
  kind: 'model',
  title: 'LinearityIQA',
  // The last is the released code's default.
  variants: [...trunks, 'resnext101_32x8d'].map((id) => ({ id, tensors: tensors(id) })),
  starts: trunks.map((trunk) => ({ trunk, variant: trunk, inModel: inFeatures })),
};
export default layout;
