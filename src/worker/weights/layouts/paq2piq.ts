import type { Layout, Tensors } from './layout';
import { resnetTensors } from './parts/resnet';
import { TensorList } from './parts/tensors';

/** Ying et al., CVPR 2020: children of torchvision's ResNet-18 by index, then the head, whose pooling has no weights. */
function tensors(): Tensors {
  return new TensorList()
    .include(resnetTensors('resnet18'), inBody)
    .batchNorm('head.2', 1024)
    .layer('head.4', 512, 1024)
    .batchNorm('head.6', 512)
    .layer('head.8', 1, 512).all;
}

function inBody(name: string): string {
  return name
    .replace(/^conv1\./, 'body.0.')
    .replace(/^bn1\./, 'body.1.')
    .replace(/^layer(\d)\./, (_, stage: string) => `body.${Number(stage) + 3}.`);
}

const layout: Layout = {
  id: 'paq2piq',
  kind: 'model',
  title: 'PaQ-2-PiQ',
  variants: [{ id: 'paq2piq', tensors: tensors() }],
  starts: [{ trunk: 'resnet18', inModel: inBody }],
};
export default layout;
