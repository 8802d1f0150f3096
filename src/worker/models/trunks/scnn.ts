import * as tf from '@tensorflow/tfjs-core';
import {
  BatchNorm,
  Conv2d,
  Linear,
  Module,
  Scope,
  avgPool2d,
  constant,
  kaimingNormal,
  recomputed,
} from '../../nn';
import type { BatchNormMode } from '../../nn';

/** Output channels and stride of the nine blocks. */
const BLOCKS = [
  [48, 1],
  [48, 2],
  [64, 1],
  [64, 2],
  [64, 1],
  [64, 2],
  [128, 1],
  [128, 1],
  [128, 2],
] as const;

interface BlockOptions {
  readonly inputs: number;
  readonly outputs: number;
  readonly kernel: 1 | 3;
  readonly stride: number;
}

/** Convolution with a bias, batch normalisation, ReLU: two consecutive names and a third without weights. */
interface Block {
  readonly conv: Conv2d;
  readonly norm: BatchNorm;
}

/**
 * Convolutional part of S-CNN, which DBCNN's authors train to tell synthetic distortions apart (Zhang, Ma, Yan, Deng &
 * Wang, TCSVT 2020). Names are the positions in the released `features`.
 */
export class ScnnFeatures extends Module {
  readonly #blocks: readonly Block[];
  /** Channels of the output. */
  readonly channels: number;

  /** @param width share of the published channels: 1, or less for a smaller network without published weights */
  constructor(scope: Scope, { width = 1 }: { width?: number } = {}) {
    super(scope);
    let inputs = 3;
    this.#blocks = BLOCKS.map(([full, stride], i) => {
      const outputs = Math.max(1, Math.round(full * width));
      const options: BlockOptions = { inputs, outputs, kernel: 3, stride };
      inputs = outputs;
      return {
        conv: this.child(String(3 * i), (inner) => convolution(inner, options)),
        norm: this.child(String(3 * i + 1), (inner) => new BatchNorm(inner, outputs)),
      };
    });
    this.channels = inputs;
  }

  /**
   * @param x normalised `[n, height, width, 3]`; @param recompute keeps no activations inside pairs of blocks
   * @returns `[n, ceil(height / 16), ceil(width / 16), 128]`
   */
  forward(x: tf.Tensor4D, mode: BatchNormMode, recompute?: boolean): tf.Tensor4D {
    // A pair ends where the map gets smaller: what is kept are the small maps.
    return [0, 2, 4, 6, 8].reduce((features, first) => {
      const pair = this.#blocks.slice(first, first + 2);
      return recomputed(recompute, this, [features], (at) =>
        pair.reduce((y, block) => apply(block, y, mode), at),
      );
    }, x);
  }
}

/** The tail that turns features into 39 classes of distortion; DBCNN leaves it out. */
class Projection extends Module {
  readonly #blocks: readonly Block[];

  constructor(scope: Scope) {
    super(scope);
    this.#blocks = [128, 256].map((inputs, i) => ({
      conv: this.child(String(3 * i), (inner) =>
        convolution(inner, { inputs, outputs: 256, kernel: 1, stride: 1 }),
      ),
      norm: this.child(String(3 * i + 1), (inner) => new BatchNorm(inner, 256)),
    }));
  }

  forward(x: tf.Tensor4D, mode: BatchNormMode): tf.Tensor4D {
    return this.#blocks.reduce((y, block) => apply(block, y, mode), x);
  }
}

/** The whole S-CNN, as its published weight file holds it. */
export class Scnn extends Module {
  readonly features: ScnnFeatures;
  readonly #projection: Projection;
  readonly #classifier: Linear;

  constructor(seed: number) {
    super(new Scope(seed));
    this.features = this.child('features', (scope) => new ScnnFeatures(scope));
    this.#projection = this.child('projection', (scope) => new Projection(scope));
    this.#classifier = this.child(
      'classifier',
      (scope) => new Linear(scope, { inputs: 256, outputs: 39 }),
    );
  }

  /** @param x normalised `[n, 224, 224, 3]`; @returns logits `[n, 39]` */
  forward(x: tf.Tensor4D, mode: BatchNormMode): tf.Tensor2D {
    const pooled = avgPool2d(this.features.forward(x, mode), { kernel: 14, stride: 1 });
    const projected = this.#projection.forward(pooled, mode);
    return this.#classifier.forward(tf.reshape(projected, [x.shape[0], -1]));
  }
}

function convolution(scope: Scope, { inputs, outputs, kernel, stride }: BlockOptions): Conv2d {
  return new Conv2d(scope, {
    inputs,
    outputs,
    kernel,
    stride,
    padding: kernel === 3 ? 1 : 0,
    initialise: kaimingNormal(inputs * kernel * kernel),
    initialiseBias: constant(0),
  });
}

function apply({ conv, norm }: Block, x: tf.Tensor4D, mode: BatchNormMode): tf.Tensor4D {
  return tf.tidy(() => tf.relu(norm.forward(conv.forward(x), mode)));
}
