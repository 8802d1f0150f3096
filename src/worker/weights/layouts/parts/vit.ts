import type { Tensors } from '../layout';
import { TensorList } from './tensors';

const WIDTH = 768;
const TOKENS = 28 * 28 + 1;

/** ViT-B/8 for 224 x 224 pixels without its classifier, under timm's names (Dosovitskiy et al., ICLR 2021). */
export function vitTensors(): Tensors {
  const list = new TensorList()
    .parameter('cls_token', 1, 1, WIDTH)
    .parameter('pos_embed', 1, TOKENS, WIDTH)
    .layer('patch_embed.proj', WIDTH, 3, 8, 8);
  for (let block = 0; block < 12; block++) {
    addBlock(list, `blocks.${block}`, WIDTH, 4 * WIDTH);
  }
  return list.layer('norm', WIDTH).all;
}

/** A transformer block; `inside` adds what its attention has besides the two linear layers. */
export function addBlock(
  list: TensorList,
  name: string,
  width: number,
  hidden: number,
  inside: (attention: string) => void = () => undefined,
): void {
  list.layer(`${name}.norm1`, width);
  inside(`${name}.attn`);
  list.layer(`${name}.attn.qkv`, 3 * width, width).layer(`${name}.attn.proj`, width, width);
  list.layer(`${name}.norm2`, width);
  list.layer(`${name}.mlp.fc1`, hidden, width).layer(`${name}.mlp.fc2`, width, hidden);
}
