import * as tf from '@tensorflow/tfjs-core';
import {
  BatchNorm,
  Conv2d,
  ConvNorm,
  DepthwiseConv2d,
  Module,
  kaimingNormal,
  recomputed,
} from '../../nn';
import type { BatchNormMode, Scope } from '../../nn';
import type { Normalisation } from './normalise';

/** What the published weights were trained with: (grey level - 127) / 128. */
export const LITE: Normalisation = {
  mean: [127 / 255, 127 / 255, 127 / 255],
  std: [128 / 255, 128 / 255, 128 / 255],
};

/** TensorFlow's 0.99 of the old statistics, and the epsilon of Google's training code. */
const NORM = { epsilon: 1e-3, momentum: 0.01 };

const STEM = 32;
const HEAD = 1280;

/** Repeats, kernel, stride of the first block, expansion and output channels (Tan & Le, ICML 2019, Table 1). */
const STAGES = [
  [1, 3, 1, 1, 16],
  [2, 3, 2, 6, 24],
  [2, 5, 2, 6, 40],
  [3, 3, 2, 6, 80],
  [3, 5, 1, 6, 112],
  [4, 5, 2, 6, 192],
  [1, 3, 1, 6, 320],
] as const;

interface Geometry {
  readonly inputs: number;
  readonly outputs: number;
  readonly kernel: number;
  readonly stride: number;
  readonly expansion: number;
}

/**
 * Inverted residual (Sandler et al., CVPR 2018): a 1x1 convolution widens, a depthwise one filters, a 1x1 one narrows;
 * each with batch normalisation, ReLU6 after the first two, and the input added where the shape allows.
 */
class Block extends Module {
  readonly #expand: ConvNorm | null;
  readonly #depthwise: ConvNorm;
  readonly #project: ConvNorm;
  readonly #residual: boolean;

  constructor(scope: Scope, { inputs, outputs, kernel, stride, expansion }: Geometry) {
    super(scope);
    const width = inputs * expansion;
    const norm = (name: string, channels: number): BatchNorm =>
      this.child(name, (inner) => new BatchNorm(inner, channels, NORM));
    const pointwise = (name: string, from: number, to: number): Conv2d =>
      this.child(name, (inner) => convolution(inner, { inputs: from, outputs: to, kernel: 1 }));
    this.#expand =
      expansion === 1
        ? null
        : new ConvNorm(pointwise('_expand_conv', inputs, width), norm('_bn0', width));
    const depthwise = this.child(
      '_depthwise_conv',
      (inner) =>
        new DepthwiseConv2d(inner, {
          channels: width,
          kernel,
          stride,
          initialise: kaimingNormal(kernel * kernel),
        }),
    );
    this.#depthwise = new ConvNorm(depthwise, norm('_bn1', width));
    this.#project = new ConvNorm(pointwise('_project_conv', width, outputs), norm('_bn2', outputs));
    this.#residual = stride === 1 && inputs === outputs;
  }

  forward(x: tf.Tensor4D, mode: BatchNormMode): tf.Tensor4D {
    return tf.tidy(() => {
      const wide = this.#expand ? tf.relu6(this.#expand.forward(x, mode)) : x;
      const filtered = tf.relu6(this.#depthwise.forward(wide, mode));
      const narrow = this.#project.forward(filtered, mode);
      return this.#residual ? tf.add(narrow, x) : narrow;
    });
  }
}

/**
 * EfficientNet-Lite0 up to its last feature map: EfficientNet-B0 (Tan & Le, ICML 2019) without squeeze-and-excitation
 * and with ReLU6 in place of swish, as Google's TPU repository publishes it. Padding is TensorFlow's `same`. Weights
 * have the names of the Python package efficientnet-lite-pytorch; its drop-connect, which only trains from scratch, is
 * left out.
 */
export class EfficientNetLite0 extends Module {
  readonly #stem: ConvNorm;
  readonly #blocks: readonly Block[];
  readonly #head: ConvNorm;
  /** Channels of the output. */
  readonly channels: number;

  /** @param width share of the published channels: 1, or less for a smaller network without published weights */
  constructor(scope: Scope, { width = 1 }: { width?: number } = {}) {
    super(scope);
    const scaled = (channels: number): number => Math.max(1, Math.round(channels * width));
    const norm = (name: string, channels: number): BatchNorm =>
      this.child(name, (inner) => new BatchNorm(inner, channels, NORM));
    let inputs = scaled(STEM);
    const stem = this.child('_conv_stem', (inner) =>
      convolution(inner, { inputs: 3, outputs: inputs, kernel: 3, stride: 2 }),
    );
    this.#stem = new ConvNorm(stem, norm('_bn0', inputs));
    const geometries = STAGES.flatMap(([repeats, kernel, stride, expansion, full]) =>
      Array.from({ length: repeats }, (_, i): Geometry => {
        const outputs = scaled(full);
        const geometry = { inputs, outputs, kernel, stride: i === 0 ? stride : 1, expansion };
        inputs = outputs;
        return geometry;
      }),
    );
    this.#blocks = geometries.map((geometry, i) =>
      this.child(`_blocks.${i}`, (inner) => new Block(inner, geometry)),
    );
    this.channels = scaled(HEAD);
    const head = this.child('_conv_head', (inner) =>
      convolution(inner, { inputs, outputs: this.channels, kernel: 1 }),
    );
    this.#head = new ConvNorm(head, norm('_bn1', this.channels));
  }

  /**
   * @param x normalised `[n, height, width, 3]`; @param recompute keeps no activations inside blocks
   * @returns `[n, ceil(height / 32), ceil(width / 32), 1280]` in [0, 6]
   */
  forward(x: tf.Tensor4D, mode: BatchNormMode, recompute?: boolean): tf.Tensor4D {
    return tf.tidy(() => {
      const stem = tf.relu6(this.#stem.forward(x, mode));
      const features = this.#blocks.reduce(
        (y, block) => recomputed(recompute, block, [y], (at) => block.forward(at, mode)),
        stem,
      );
      return tf.relu6(this.#head.forward(features, mode));
    });
  }
}

interface ConvolutionGeometry {
  readonly inputs: number;
  readonly outputs: number;
  readonly kernel: number;
  readonly stride?: number;
}

/** Without a bias; initial weights as Google's code draws them, normal by the fan out. */
function convolution(scope: Scope, geometry: ConvolutionGeometry): Conv2d {
  const { outputs, kernel } = geometry;
  return new Conv2d(scope, {
    ...geometry,
    padding: 'same',
    bias: false,
    initialise: kaimingNormal(outputs * kernel * kernel),
  });
}
