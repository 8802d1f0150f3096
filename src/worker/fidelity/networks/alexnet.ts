import type * as tf from '@tensorflow/tfjs-core';
import { maxPool2d } from '../../nn';
import { FixedConv, type Tensors, type Trunk } from './trunk';

/** Position in torchvision's `features`, stride, padding, and whether a pool comes before. */
const layers = [
  { position: 0, stride: 4, padding: 2, pooled: false },
  { position: 3, stride: 1, padding: 'same', pooled: true },
  { position: 6, stride: 1, padding: 'same', pooled: true },
  { position: 8, stride: 1, padding: 'same', pooled: false },
  { position: 10, stride: 1, padding: 'same', pooled: false },
] as const;

/** torchvision's AlexNet (Krizhevsky, 2014), read after each of its five convolutions. */
export class AlexNet implements Trunk {
  /** One position is left after both pools. */
  readonly smallest = 31;
  readonly channels: readonly number[];
  readonly #convs: readonly FixedConv[];

  /** @param tensors by torchvision's names (`features.0.weight`) */
  constructor(tensors: Tensors) {
    this.#convs = layers.map(({ position }) => new FixedConv(tensors, `features.${position}`));
    this.channels = this.#convs.map(({ channels }) => channels);
  }

  taps(x: tf.Tensor4D): tf.Tensor4D[] {
    let y = x;
    return this.#convs.map((conv, i) => {
      const layer = layers[i];
      if (layer?.pooled) y = maxPool2d(y, { kernel: 3, stride: 2 });
      y = conv.apply(y, layer?.stride, layer?.padding);
      return y;
    });
  }

  dispose(): void {
    for (const conv of this.#convs) conv.dispose();
  }
}
