import * as tf from '@tensorflow/tfjs-core';
import { LabError } from '@shared/errors';
import { Conv2d, Linear, Module, Scope, constant, dropout, globalAvgPool, normal } from '../nn';
import type { ForwardContext } from '../models/model';
import { EfficientNetLite0, LITE } from '../models/trunks/efficientnet-lite';
import { IMAGENET, SYMMETRIC, normalise } from '../models/trunks/normalise';
import { ResNet, resNetWidths, torchvisionNames } from '../models/trunks/resnet';

export const trunkNames = ['resnet50', 'resnet18', 'efficientnet-lite0', 'small'] as const;
export type TrunkName = (typeof trunkNames)[number];

/** Share of features left out in training. */
const DROPOUT = 0.25;
/** MATLAB's "narrow-normal". */
const NARROW = 0.01;

interface Trunk {
  readonly channels: number;
  /** @param x `[n, height, width, 3]` in [0, 1]; @returns a feature map */
  features(x: tf.Tensor4D, context: ForwardContext): tf.Tensor4D;
}

/** Channels of the small trunk's layers. */
const SMALL = [16, 32, 64, 64] as const;

/** Four 3x3 convolutions of stride 2 with ReLU: trained from scratch, where no published trunk is at hand. */
class SmallTrunk extends Module {
  readonly #layers: readonly Conv2d[];

  constructor(scope: Scope) {
    super(scope);
    this.#layers = SMALL.map((outputs, i) =>
      this.child(
        `conv${i + 1}`,
        (at) =>
          new Conv2d(at, { inputs: SMALL[i - 1] ?? 3, outputs, kernel: 3, stride: 2, padding: 1 }),
      ),
    );
  }

  forward(x: tf.Tensor4D): tf.Tensor4D {
    return this.#layers.reduce((y, layer) => tf.relu(layer.forward(y)), x);
  }
}

/**
 * The substitute of Korhonen and You (QoEVMA 2022): mean features of a trunk, dropout, one linear layer and a sigmoid.
 * Its output is a quality between 0 and 1. The paper's trunk is ResNet-50.
 */
export class Substitute extends Module {
  readonly #trunk: Trunk;
  readonly #head: Linear;

  constructor(trunk: TrunkName, seed: number) {
    super(new Scope(seed));
    this.#trunk = this.#build(trunk);
    this.#head = this.child(
      'head',
      (scope) =>
        new Linear(scope, {
          inputs: this.#trunk.channels,
          outputs: 1,
          initialise: normal(NARROW),
          initialiseBias: constant(0),
        }),
    );
  }

  #build(name: TrunkName): Trunk {
    switch (name) {
      case 'resnet50':
      case 'resnet18': {
        const trunk = this.child(
          'trunk',
          (at) => new ResNet(at, { id: name, names: torchvisionNames }),
        );
        return {
          channels: resNetWidths(name)[3],
          features: (x, { batchNorm, recompute }) =>
            trunk.stages(normalise(x, IMAGENET), batchNorm, recompute)[3],
        };
      }
      case 'efficientnet-lite0': {
        const trunk = this.child('trunk', (at) => new EfficientNetLite0(at));
        return {
          channels: trunk.channels,
          features: (x, { batchNorm, recompute }) =>
            trunk.forward(normalise(x, LITE), batchNorm, recompute),
        };
      }
      case 'small': {
        const trunk = this.child('trunk', (at) => new SmallTrunk(at));
        return {
          channels: SMALL[3],
          features: (x) => trunk.forward(normalise(x, SYMMETRIC)),
        };
      }
    }
  }

  /**
   * @param x `[n, height, width, 3]` float32 in [0, 1]
   * @returns quality in [0, 1], `[n]`
   */
  forward(x: tf.Tensor4D, context: ForwardContext): tf.Tensor1D {
    const pooled = globalAvgPool(this.#trunk.features(x, context));
    const { training, seed, step } = context;
    const kept = dropout(pooled, training ? DROPOUT : 0, { seed, step, name: 'head' });
    return tf.reshape(tf.sigmoid(this.#head.forward(kept)), [x.shape[0]]);
  }

  /** Loads the weights of a published trunk. @throws LabError `bad-input` where a tensor has no place */
  loadTrunk(tensors: ReadonlyMap<string, { shape: readonly number[]; data: Float32Array }>): void {
    const state = new Map<string, { shape: readonly number[]; data: Float32Array }>(
      this.stateDict(),
    );
    for (const [name, { shape, data }] of tensors) {
      if (state.has(`trunk.${name}`)) state.set(`trunk.${name}`, { shape, data });
      else {
        throw new LabError({
          kind: 'bad-input',
          message: `the weight file holds "${name}", which this trunk does not have`,
          safe: 'Nothing was started.',
          next: 'Choose the weights of the trunk that is named in the settings.',
        });
      }
    }
    this.loadStateDict(state);
  }
}
