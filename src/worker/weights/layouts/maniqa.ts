import type { Layout } from './layout';
import { TensorList } from './parts/tensors';
import { addBlock, vitTensors } from './parts/vit';

const TOKENS = 28 * 28;
const WINDOW = 4;
const HEADS = 4;
/** Hidden width of the Swin blocks' MLP, the same in both stages. */
const HIDDEN = 768;

/** Two stages of two layers of two Swin blocks; every second block is shifted and has a mask. */
function addSwin(list: TensorList, name: string, width: number): void {
  for (let layer = 0; layer < 2; layer++) {
    for (let block = 0; block < 2; block++) {
      const path = `${name}.layers.${layer}.blocks.${block}`;
      if (block === 1) {
        list.constant(`${path}.attn_mask`, (28 / WINDOW) ** 2, WINDOW ** 2, WINDOW ** 2);
      }
      addBlock(list, path, width, HIDDEN, (attention) => {
        list.parameter(`${attention}.relative_position_bias_table`, (2 * WINDOW - 1) ** 2, HEADS);
        list.constant(`${attention}.relative_position_index`, WINDOW ** 2, WINDOW ** 2);
      });
    }
    list.layer(`${name}.layers.${layer}.conv`, width, width, 3, 3);
  }
  // Constructed by the released code and never called.
  list.layer(`${name}.downsample`, width, width, 3, 3);
}

function addTabBlock(list: TensorList, name: string): void {
  for (let i = 0; i < 2; i++) {
    for (const part of ['c_q', 'c_k', 'c_v']) list.layer(`${name}.${i}.${part}`, TOKENS, TOKENS);
  }
}

/** Yang et al., CVPR Workshops 2022; pyiqa has the same names. */
function tensors(): TensorList {
  const list = new TensorList().include(vitTensors(), (name) => `vit.${name}`);
  list.layer('vit.head', 1000, 768);
  addTabBlock(list, 'tablock1');
  list.layer('conv1', 768, 3072, 1, 1);
  addSwin(list, 'swintransformer1', 768);
  addTabBlock(list, 'tablock2');
  list.layer('conv2', 384, 768, 1, 1);
  addSwin(list, 'swintransformer2', 384);
  for (const head of ['fc_score', 'fc_weight']) {
    list.layer(`${head}.0`, 384, 384).layer(`${head}.3`, 1, 384);
  }
  return list;
}

const layout: Layout = {
  id: 'maniqa',
  kind: 'model',
  title: 'MANIQA',
  variants: [{ id: 'vit_base_patch8_224', tensors: tensors().all }],
  starts: [{ trunk: 'vit_base_patch8_224', inModel: (name) => `vit.${name}` }],
};
export default layout;
