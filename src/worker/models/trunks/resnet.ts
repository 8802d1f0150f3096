import * as tf from '@tensorflow/tfjs-core';
import { addRelu } from '../../engine';
import {
  BatchNorm,
  Conv2d,
  ConvNorm,
  Module,
  kaimingNormal,
  maxPool2d,
  recomputed,
} from '../../nn';
import type { BatchNormMode, Scope } from '../../nn';

/**
 * Residual networks (He, Zhang, Ren & Sun, CVPR 2016) in torchvision's V1 layout: the stride of a bottleneck sits on its
 * 3x3 convolution, no convolution has a bias, and paddings are symmetric. Weights keep torchvision's names below each
 * stage; what stem and stages are called differs between the models that use the trunk.
 */
export type ResNetId = 'resnet18' | 'resnet34' | 'resnet50';

interface Layout {
  readonly blocks: readonly [number, number, number, number];
  readonly bottleneck: boolean;
}

const LAYOUTS: Readonly<Record<ResNetId, Layout>> = {
  resnet18: { blocks: [2, 2, 2, 2], bottleneck: false },
  resnet34: { blocks: [3, 4, 6, 3], bottleneck: false },
  resnet50: { blocks: [3, 4, 6, 3], bottleneck: true },
};

/** State-dict names of the stem's convolution, its normalisation, and the four stages. */
export interface ResNetNames {
  readonly convolution: string;
  readonly norm: string;
  readonly stages: readonly [string, string, string, string];
}

/** As torchvision's ResNet class. */
export const torchvisionNames: ResNetNames = {
  convolution: 'conv1',
  norm: 'bn1',
  stages: ['layer1', 'layer2', 'layer3', 'layer4'],
};

/** As `nn.Sequential` of torchvision's children: 2 is the ReLU, 3 the pooling. */
export const sequentialNames: ResNetNames = {
  convolution: '0',
  norm: '1',
  stages: ['4', '5', '6', '7'],
};

/** Channels of the first stage's narrow convolutions: 64 times the share of the published width. */
function baseWidth(width: number): number {
  return Math.max(1, Math.round(64 * width));
}

/**
 * Channels of the four stages' outputs.
 * @param width share of the published channels: 1, or less for a smaller network without published weights
 */
export function resNetWidths(id: ResNetId, width = 1): readonly [number, number, number, number] {
  const first = baseWidth(width) * (LAYOUTS[id].bottleneck ? 4 : 1);
  return [first, 2 * first, 4 * first, 8 * first];
}

interface Geometry {
  readonly inputs: number;
  readonly outputs: number;
  readonly kernel: number;
  readonly stride: number;
}

function convolution(scope: Scope, { inputs, outputs, kernel, stride }: Geometry): Conv2d {
  return new Conv2d(scope, {
    inputs,
    outputs,
    kernel,
    stride,
    padding: (kernel - 1) / 2,
    bias: false,
    // torchvision's start: deviation sqrt(2 / (kernel^2 * outputs)).
    initialise: kaimingNormal(kernel * kernel * outputs),
  });
}

/** Two 3x3 convolutions, or 1x1, 3x3, 1x1 around a narrow middle; plus the shortcut. */
class Block extends Module {
  readonly #units: readonly ConvNorm[];
  readonly #shortcut: ConvNorm | undefined;

  constructor(scope: Scope, { inputs, width, stride, bottleneck }: BlockOptions) {
    super(scope);
    const outputs = bottleneck ? 4 * width : width;
    const geometries: Geometry[] = bottleneck
      ? [
          { inputs, outputs: width, kernel: 1, stride: 1 },
          { inputs: width, outputs: width, kernel: 3, stride },
          { inputs: width, outputs, kernel: 1, stride: 1 },
        ]
      : [
          { inputs, outputs: width, kernel: 3, stride },
          { inputs: width, outputs: width, kernel: 3, stride: 1 },
        ];
    this.#units = geometries.map((geometry, i) =>
      this.#unit(`conv${i + 1}`, `bn${i + 1}`, geometry),
    );
    this.#shortcut =
      stride !== 1 || inputs !== outputs
        ? this.#unit('downsample.0', 'downsample.1', { inputs, outputs, kernel: 1, stride })
        : undefined;
  }

  #unit(convolutionName: string, normName: string, geometry: Geometry): ConvNorm {
    return new ConvNorm(
      this.child(convolutionName, (scope) => convolution(scope, geometry)),
      this.child(normName, (scope) => new BatchNorm(scope, geometry.outputs)),
    );
  }

  forward(x: tf.Tensor4D, mode: BatchNormMode): tf.Tensor4D {
    // What the gradient does not need goes back at the end of each layer, not at the end of the pass.
    return tf.tidy(() => {
      const last = this.#units.length - 1;
      const y = this.#units.reduce(
        (input, unit, i) =>
          tf.tidy(() => {
            const output = unit.forward(input, mode);
            return i < last ? tf.relu(output) : output;
          }),
        x,
      );
      const shortcut = this.#shortcut;
      return addRelu(y, shortcut ? tf.tidy(() => shortcut.forward(x, mode)) : x);
    });
  }
}

interface BlockOptions {
  readonly inputs: number;
  readonly width: number;
  readonly stride: number;
  readonly bottleneck: boolean;
}

/** The trunk up to its last stage, without pooling and classifier. */
export class ResNet extends Module {
  readonly #stem: ConvNorm;
  readonly #stages: readonly (readonly Block[])[];

  constructor(
    scope: Scope,
    { id, names, width = 1 }: { id: ResNetId; names: ResNetNames; width?: number },
  ) {
    super(scope);
    const { blocks, bottleneck } = LAYOUTS[id];
    const base = baseWidth(width);
    const geometry = { inputs: 3, outputs: base, kernel: 7, stride: 2 };
    this.#stem = new ConvNorm(
      this.child(names.convolution, (own) => convolution(own, geometry)),
      this.child(names.norm, (own) => new BatchNorm(own, base)),
    );
    let inputs = base;
    this.#stages = blocks.map((count, stage) =>
      Array.from({ length: count }, (_, i) => {
        const stride = stage > 0 && i === 0 ? 2 : 1;
        const options = { inputs, width: base * 2 ** stage, stride, bottleneck };
        inputs = resNetWidths(id, width)[stage] ?? 0;
        return this.child(`${names.stages[stage]}.${i}`, (own) => new Block(own, options));
      }),
    );
  }

  /**
   * @param x normalised pictures `[n, height, width, 3]`
   * @param recompute keeps the activations between blocks only, and computes those inside again for their gradients
   * @returns outputs of the four stages: `[n, height/4, width/4, c]` and half the sides at each further one, rounded up
   */
  stages(
    x: tf.Tensor4D,
    mode: BatchNormMode,
    recompute: boolean | undefined,
  ): [tf.Tensor4D, tf.Tensor4D, tf.Tensor4D, tf.Tensor4D] {
    let y = tf.tidy(() => {
      const normal = tf.tidy(() => tf.relu(this.#stem.forward(x, mode)));
      return maxPool2d(normal, { kernel: 3, stride: 2, padding: 1 });
    });
    const outputs = this.#stages.map((stage) => {
      y = tf.tidy(() =>
        stage.reduce(
          (input, block) => recomputed(recompute, block, [input], (at) => block.forward(at, mode)),
          y,
        ),
      );
      return y;
    });
    return outputs as [tf.Tensor4D, tf.Tensor4D, tf.Tensor4D, tf.Tensor4D];
  }
}
