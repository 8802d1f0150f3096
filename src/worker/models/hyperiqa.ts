import * as tf from '@tensorflow/tfjs-core';
import { read } from '@shared/params';
import {
  Conv2d,
  Linear,
  Module,
  Scope,
  avgPool2d,
  flatten,
  globalAvgPool,
  kaimingNormal,
} from '../nn';
import type { ForwardContext, Model, ModelDef } from './model';
import { hyperIqaPresets, hyperIqaRecipe, hyperIqaViews } from './recipes/hyperiqa';
import { IMAGENET, normalise } from './trunks/normalise';
import { ResNet, resNetWidths, torchvisionNames } from './trunks/resnet';

/** Side of the views: the hyper network's layer sizes fix it. */
const SIDE = 224;
/** Side of the last feature map, and channels of the hyper network's input. */
const GRID = 7;
const HYPER = 112;
/** Inputs of the target network's layers, and its output. */
const WIDTHS = [224, 112, 56, 28, 14, 1] as const;

/** Channels after a branch's 1x1 convolution (null: none), and features that go out. */
const BRANCHES = [
  { narrow: 16, outputs: 16 },
  { narrow: 32, outputs: 16 },
  { narrow: 64, outputs: 16 },
  { narrow: null, outputs: 176 },
] as const;

/** ResNet-50 and a local-distortion branch at the end of each stage: 1x1 convolution, mean of 7x7 tiles, linear. */
class LocalTrunk extends ResNet {
  readonly #branches: readonly { narrow: Conv2d | undefined; linear: Linear; tiled: number }[];

  constructor(scope: Scope, width: number) {
    super(scope, { id: 'resnet50', names: torchvisionNames, width });
    this.#branches = BRANCHES.map(({ narrow, outputs }, i) => {
      const inputs = resNetWidths('resnet50', width)[i] ?? 0;
      // A map of 56, 28, 14 or 7 gives tiles of 8, 4, 2 or 1 on a side.
      const tiled = (narrow ?? inputs) * (8 / 2 ** i) ** 2;
      return {
        tiled,
        narrow:
          narrow === null
            ? undefined
            : this.child(
                `lda${i + 1}_pool.0`,
                (own) =>
                  new Conv2d(own, {
                    inputs,
                    outputs: narrow,
                    kernel: 1,
                    bias: false,
                    initialise: kaimingNormal(inputs),
                  }),
              ),
        linear: this.child(`lda${i + 1}_fc`, (own) => linear(own, tiled, outputs)),
      };
    });
  }

  /** @returns the deepest map `[n, 7, 7, channels]` and the local features `[n, 224]` */
  features(
    x: tf.Tensor4D,
    { batchNorm, recompute }: ForwardContext,
  ): { deep: tf.Tensor4D; local: tf.Tensor2D } {
    const maps = this.stages(x, batchNorm, recompute);
    const local = this.#branches.map(({ narrow, linear: fc }, i) => {
      const map = maps[i] as tf.Tensor4D;
      return fc.forward(flatten(avgPool2d(narrow ? narrow.forward(map) : map, { kernel: GRID })));
    });
    return { deep: maps[3], local: tf.concat(local, 1) };
  }
}

function linear(scope: Scope, inputs: number, outputs: number): Linear {
  return new Linear(scope, { inputs, outputs, initialise: kaimingNormal(inputs) });
}

/** One layer of the target network: where its weights and its biases come from. */
interface TargetLayer {
  readonly inputs: number;
  readonly outputs: number;
  /** A convolution on the 7x7 map; in the last layer a linear one on its mean. */
  readonly weight: Conv2d | Linear;
  readonly bias: Linear;
}

/**
 * HyperIQA (Su et al., CVPR 2020): the weights of a small fully connected network are generated for each picture from
 * its deepest ResNet-50 features; that network scores the picture's local features. Native scores are the ratings' own.
 */
class HyperIqa extends Module implements Model {
  readonly normalisation = IMAGENET;
  readonly #trunk: LocalTrunk;
  readonly #narrow: readonly Conv2d[];
  readonly #target: readonly TargetLayer[];

  constructor(width: number, seed: number) {
    super(new Scope(seed));
    this.#trunk = this.child('res', (scope) => new LocalTrunk(scope, width));
    this.#narrow = [resNetWidths('resnet50', width)[3], 1024, 512].map((inputs, i) =>
      this.child(
        `conv1.${2 * i}`,
        (scope) => new Conv2d(scope, { inputs, outputs: [1024, 512, HYPER][i] ?? 0, kernel: 1 }),
      ),
    );
    this.#target = WIDTHS.slice(1).map((outputs, i) => {
      const inputs = WIDTHS[i] ?? 0;
      return {
        inputs,
        outputs,
        weight: this.#weightSource(i + 1, inputs * outputs),
        bias: this.child(`fc${i + 1}b_fc`, (scope) => linear(scope, HYPER, outputs)),
      };
    });
  }

  #weightSource(layer: number, count: number): Conv2d | Linear {
    if (layer === 5) return this.child('fc5w_fc', (scope) => linear(scope, HYPER, count));
    return this.child(
      `fc${layer}w_conv`,
      (scope) =>
        new Conv2d(scope, {
          inputs: HYPER,
          outputs: count / GRID ** 2,
          kernel: 3,
          padding: 1,
          initialise: kaimingNormal(HYPER * 9),
        }),
    );
  }

  forward(x: tf.Tensor4D, context: ForwardContext): tf.Tensor1D {
    const [n, height, width] = x.shape;
    if (height !== SIDE || width !== SIDE) {
      throw new Error(`hyperiqa: views must be ${SIDE} x ${SIDE} pixels, got ${height} x ${width}`);
    }
    const { deep, local } = this.#trunk.features(normalise(x, this.normalisation), context);
    const map = this.#narrow.reduce((input, layer) => tf.relu(layer.forward(input)), deep);
    const mean = globalAvgPool(map);
    const score = this.#target.reduce((q, { inputs, outputs, weight, bias }, i) => {
      const generated =
        weight instanceof Linear ? weight.forward(mean) : flatten(weight.forward(map));
      const product = tf.matMul(
        tf.reshape(generated, [n, outputs, inputs]),
        tf.reshape(q, [n, inputs, 1]),
      );
      const y = tf.add(tf.reshape(product, [n, outputs]), bias.forward(mean));
      return (i < 4 ? tf.sigmoid(y) : y) as tf.Tensor2D;
    }, local);
    return tf.reshape(score, [n]);
  }
}

const model: ModelDef = {
  id: 'hyperiqa',
  version: 1,
  title: 'HyperIQA',
  citation: 'Su, Yan, Zhu, Zhang, Ge, Sun & Zhang, CVPR 2020',
  summary:
    'A ResNet-50 reads the picture and sets the weights of a small network that then scores it. Crops of 224 x 224; starts from ImageNet weights.',
  params: [
    {
      type: 'number',
      id: 'width',
      label: 'Width',
      help: 'Share of the published channels of the trunk. Published weights fit 1 only; less gives a smaller network that starts from scratch.',
      level: 'expert',
      default: 1,
      min: 0.01,
      max: 1,
    },
  ],
  recipe: hyperIqaRecipe,
  presets: hyperIqaPresets,
  miniature: { width: 0.125 },
  views: (_values, trainer) => hyperIqaViews(trainer),
  // The released code predicts the ratings of LIVE In the Wild as they are.
  labScale: { scale: 1, offset: 0 },
  build: (values, seed) => new HyperIqa(read.number(values, 'width'), seed),
};

export default model;
