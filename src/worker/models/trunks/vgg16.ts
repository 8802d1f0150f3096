import * as tf from '@tensorflow/tfjs-core';
import { Conv2d, Module, constant, kaimingNormal, maxPool2d, recomputed } from '../../nn';
import type { Scope } from '../../nn';

/** Output channels of the 13 convolutions; a pool stands between groups, none after the last. */
const GROUPS = [
  [64, 64],
  [128, 128],
  [256, 256, 256],
  [512, 512, 512],
  [512, 512, 512],
] as const;

/**
 * Convolutional part of VGG-16 without batch normalisation (Simonyan & Zisserman, ICLR 2015), up to the ReLU before
 * the fifth pool. Names are the positions in torchvision's `features`, where activations and pools count too.
 */
export class Vgg16Features extends Module {
  readonly #groups: readonly (readonly Conv2d[])[];
  /** Channels of the output. */
  readonly channels: number;

  /** @param width share of the published channels: 1, or less for a smaller network without published weights */
  constructor(scope: Scope, { width = 1 }: { width?: number } = {}) {
    super(scope);
    let inputs = 3;
    let position = 0;
    this.#groups = GROUPS.map((group) => {
      const convs = group.map((full) => {
        const outputs = Math.max(1, Math.round(full * width));
        const conv = this.child(String(position), (inner) => convolution(inner, inputs, outputs));
        inputs = outputs;
        position += 2;
        return conv;
      });
      position += 1;
      return convs;
    });
    this.channels = inputs;
  }

  /**
   * @param x normalised `[n, height, width, 3]`; @param recompute keeps no activations inside groups
   * @returns `[n, floor(height / 16), floor(width / 16), 512]`
   */
  forward(x: tf.Tensor4D, recompute?: boolean): tf.Tensor4D {
    return this.#groups.reduce((features, group, i) => {
      return recomputed(recompute, this, [features], (at) => {
        const pooled = i === 0 ? at : maxPool2d(at, { kernel: 2 });
        return group.reduce((y, conv) => tf.tidy(() => tf.relu(conv.forward(y))), pooled);
      });
    }, x);
  }
}

/** Initial weights as torchvision draws them: normal by the fan out, no bias. */
function convolution(scope: Scope, inputs: number, outputs: number): Conv2d {
  return new Conv2d(scope, {
    inputs,
    outputs,
    kernel: 3,
    padding: 1,
    initialise: kaimingNormal(outputs * 9),
    initialiseBias: constant(0),
  });
}
