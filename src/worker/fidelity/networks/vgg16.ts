import * as tf from '@tensorflow/tfjs-core';
import { avgPool2d, maxPool2d, pad2d } from '../../nn';
import { FixedConv, type Tensors, type Trunk } from './trunk';

/** Positions of the convolutions in torchvision's `features`; a pool before each group but the first. */
const groups = [
  [0, 2],
  [5, 7],
  [10, 12, 14],
  [17, 19, 21],
  [24, 26, 28],
] as const;

/**
 * VGG-16 (Simonyan & Zisserman, ICLR 2015), read at relu1_2, 2_2, 3_3, 4_3 and 5_3. Its width is that
 * of the tensors.
 */
export class Vgg16 implements Trunk {
  readonly smallest: number;
  readonly channels: readonly number[];
  readonly #groups: readonly (readonly FixedConv[])[];
  readonly #pool: (x: tf.Tensor4D) => tf.Tensor4D;

  /**
   * @param tensors by torchvision's names (`features.0.weight`)
   * @param pool `max` as trained, `l2` as DISTS has it
   */
  constructor(tensors: Tensors, pool: 'max' | 'l2') {
    this.#groups = groups.map((group) =>
      group.map((position) => new FixedConv(tensors, `features.${position}`)),
    );
    this.channels = this.#groups.map((group) => group.at(-1)?.channels ?? 0);
    // Four pools that drop an odd row; the smoothing pool keeps it.
    this.smallest = pool === 'max' ? 16 : 1;
    this.#pool = pool === 'max' ? (x) => maxPool2d(x, { kernel: 2 }) : l2Pool;
  }

  taps(x: tf.Tensor4D): tf.Tensor4D[] {
    let y = x;
    return this.#groups.map((group, i) => {
      if (i > 0) y = this.#pool(y);
      y = group.reduce((at, conv) => conv.apply(at), y);
      return y;
    });
  }

  dispose(): void {
    for (const conv of this.#groups.flat()) conv.dispose();
  }
}

/**
 * Root of the smoothed squares, at half the size (Hénaff & Simoncelli, 2016; Ding et al., 2022):
 * sqrt(w * x^2 + 1e-12), w the 3 x 3 Hanning window of sum 1, stride 2, zeros around.
 *
 * The window is (1, 2, 1) / 4 along each axis: a mean of two neighbours, then a mean of two of those.
 */
function l2Pool(x: tf.Tensor4D): tf.Tensor4D {
  const neighbours = avgPool2d(pad2d(tf.square(x), 1), { kernel: 2, stride: 1 });
  const smoothed = avgPool2d(neighbours, { kernel: 2, stride: 2 });
  return tf.sqrt(tf.add(smoothed, 1e-12));
}
