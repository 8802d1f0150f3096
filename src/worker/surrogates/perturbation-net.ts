import * as tf from '@tensorflow/tfjs-core';
import { Conv2d, Module, Scope, dropout, normal } from '../nn';
import type { ForwardContext } from '../models/model';
import { instanceNorm } from '../nn/instance-norm';

export interface PerturbationNetSize {
  /** Halvings of the picture: its sides must be multiples of 2^depth. The paper's 8 suit 256 pixels. */
  readonly depth: number;
  /** Channels of the first layer; the paper's 64. */
  readonly width: number;
}

const DROPOUT = 0.5;
/** Layers on the way up with dropout. */
const DROPPED = 3;
const SLOPE = 0.2;
/** Deviation of initial weights in image-to-image networks (Isola et al., CVPR 2017). */
const DEVIATION = 0.02;

/** Channels after each halving: they double until eight times the first. */
function widths({ depth, width }: PerturbationNetSize): number[] {
  return Array.from({ length: depth }, (_, i) => width * Math.min(8, 2 ** i));
}

/**
 * The U-Net generator of FACPA (Shumitskaya, Antsiferova & Vatolin, ICLR 2023 Tiny Papers): 4x4 convolutions of stride 2
 * down to one pixel, their transposes up again, each fed with the map of its size from the way down; instance
 * normalisation but at the first and the innermost layer, leaky ReLU down, ReLU and dropout up, tanh at the end.
 *
 * A transposed convolution is computed as a convolution of the map with zeros between its pixels: the same function, and
 * one that every engine has a gradient for. Its stored kernels are therefore the flipped ones.
 */
export class PerturbationNet extends Module {
  readonly #down: readonly Conv2d[];
  readonly #up: readonly Conv2d[];

  constructor(size: PerturbationNetSize, seed: number) {
    super(new Scope(seed));
    const channels = widths(size);
    const layer = (name: string, inputs: number, outputs: number, stride: number): Conv2d =>
      this.child(
        name,
        (at) =>
          new Conv2d(at, {
            inputs,
            outputs,
            kernel: 4,
            stride,
            padding: stride === 2 ? 1 : 0,
            initialise: normal(DEVIATION),
          }),
      );
    this.#down = channels.map((outputs, i) => layer(`down${i}`, channels[i - 1] ?? 3, outputs, 2));
    this.#up = channels.map((inputs, i) => {
      const innermost = i === channels.length - 1;
      return layer(`up${i}`, innermost ? inputs : 2 * inputs, channels[i - 1] ?? 3, 1);
    });
  }

  /**
   * @param x `[n, height, width, 3]` in [0, 1], sides multiples of 2^depth
   * @returns `[n, height, width, 3]` in [-1, 1], to be scaled by the largest change
   */
  forward(
    x: tf.Tensor4D,
    { training, seed, step }: Pick<ForwardContext, 'training' | 'seed' | 'step'>,
  ): tf.Tensor4D {
    const innermost = this.#down.length - 1;
    const maps: tf.Tensor4D[] = [];
    this.#down.reduce((input, layer, i) => {
      const y = layer.forward(i === 0 ? input : tf.leakyRelu(input, SLOPE));
      const normal = i === 0 || i === innermost ? y : instanceNorm(y);
      maps.push(normal);
      return normal;
    }, x);
    let y = maps[innermost] as tf.Tensor4D;
    for (let i = innermost; i >= 0; i--) {
      const input = i === innermost ? y : tf.concat([maps[i] as tf.Tensor4D, y], 3);
      y = transposed(this.#up[i] as Conv2d, tf.relu(input));
      if (i === 0) break;
      y = instanceNorm(y);
      const order = innermost - i;
      if (training && order < DROPPED) y = dropout(y, DROPOUT, { seed, step, name: `up${i}` });
    }
    return tf.tanh(y);
  }
}

/** Stride 2, padding 1: output pixel o is the sum over t of z[o - 2 + t] w[t], z the map with zeros put in between. */
function transposed(layer: Conv2d, x: tf.Tensor4D): tf.Tensor4D {
  return tf.tidy(() => {
    const [n, height, width, channels] = x.shape;
    const rows = tf.reshape(x, [n * height, width, channels]);
    const wide = tf.concat([rows, tf.zerosLike(rows)], 2);
    const lines = tf.reshape(wide, [n, height, 2 * width * channels]);
    const high = tf.concat([lines, tf.zerosLike(lines)], 2);
    const spread: tf.Tensor4D = tf.reshape(high, [n, 2 * height, 2 * width, channels]);
    return layer.forward(
      tf.pad4d(spread, [
        [0, 0],
        [2, 1],
        [2, 1],
        [0, 0],
      ]),
    );
  });
}
