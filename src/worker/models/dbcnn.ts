import * as tf from '@tensorflow/tfjs-core';
import { read } from '@shared/params';
import type { ParamSpec, ParamValues } from '@shared/params';
import { Linear, Module, Scope, constant, kaimingNormal, resizeAlignCorners } from '../nn';
import type { ForwardContext, Model, ModelDef } from './model';
import type { Plan, Stage } from './plan';
import { dbCnnPaper, dbCnnPresets } from './recipes/dbcnn';
import { IMAGENET, normalise } from './trunks/normalise';
import { ScnnFeatures } from './trunks/scnn';
import { Vgg16Features } from './trunks/vgg16';

/** Inside the root: keeps its slope finite where two channels never fire together. */
const ROOT_EPSILON = 1e-8;

/**
 * Deep bilinear network (Zhang, Ma, Yan, Deng & Wang, TCSVT 2020): VGG-16 for authentic and S-CNN for synthetic
 * distortions, their features multiplied pairwise and averaged over all positions, then root, l2 norm and one linear
 * layer. Native scores are on the ratings' scale.
 */
class DbCnn extends Module implements Model {
  readonly normalisation = IMAGENET;
  readonly #vgg: Vgg16Features;
  readonly #scnn: ScnnFeatures;
  readonly #fc: Linear;

  constructor(width: number, seed: number) {
    super(new Scope(seed));
    this.#vgg = this.child('features1', (scope) => new Vgg16Features(scope, { width }));
    this.#scnn = this.child('features2', (scope) => new ScnnFeatures(scope, { width }));
    const inputs = this.#vgg.channels * this.#scnn.channels;
    this.#fc = this.child(
      'fc',
      (scope) =>
        new Linear(scope, {
          inputs,
          outputs: 1,
          initialise: kaimingNormal(inputs),
          initialiseBias: constant(0),
        }),
    );
  }

  forward(x: tf.Tensor4D, context: ForwardContext): tf.Tensor1D {
    const { batchNorm, recompute } = context;
    const pixels = normalise(x, IMAGENET);
    const authentic = this.#vgg.forward(pixels, recompute);
    const [, height, width] = authentic.shape;
    // VGG's pools round down and S-CNN's strides round up: sizes differ unless they are multiples of 16.
    const synthetic = resizeAlignCorners(this.#scnn.forward(pixels, batchNorm, recompute), [
      height,
      width,
    ]);
    return tf.reshape(this.#fc.forward(bilinearPool(authentic, synthetic)), [x.shape[0]]);
  }
}

/**
 * Mean over all positions of the outer product of two feature maps, its root, and l2 normalisation (Lin, RoyChowdhury &
 * Maji, ICCV 2015; without the sign, both maps being ReLU outputs).
 *
 * @param a `[n, height, width, channels a]`, not negative; @param b `[n, height, width, channels b]`, not negative
 * @returns `[n, channels a * channels b]`, index = channel of a * channels b + channel of b
 */
export function bilinearPool(a: tf.Tensor4D, b: tf.Tensor4D): tf.Tensor2D {
  return tf.tidy(() => {
    const [n, height, width, channelsA] = a.shape;
    const positions = height * width;
    const products = tf.matMul(
      tf.reshape(a, [n, positions, channelsA]),
      tf.reshape(b, [n, positions, b.shape[3]]),
      true,
    );
    const mean: tf.Tensor2D = tf.div(tf.reshape(products, [n, -1]), positions);
    const root = tf.sqrt(tf.add(mean, ROOT_EPSILON));
    // Every root is at least 1e-4, so PyTorch's floor of 1e-12 under the norm never acts.
    return tf.div(root, tf.sqrt(tf.sum(tf.square(root), 1, true)));
  });
}

const settings: readonly ParamSpec[] = [
  {
    type: 'integer',
    id: 'fcEpochs',
    label: 'Epochs of the last layer alone',
    help: 'Before all layers are trained, the last one is trained on the fixed features of the trunks. 0 leaves this stage out.',
    level: 'guided',
    group: 'Training',
    default: 50,
    min: 0,
    max: 10_000,
  },
  {
    type: 'number',
    id: 'fcLearningRate',
    label: 'Learning rate of the last layer alone',
    help: 'Size of the steps (SGD with momentum) while only the last layer is trained.',
    level: 'guided',
    group: 'Optimiser',
    default: 1e-3,
    min: 0,
    max: 1,
    scale: 'log',
    paper: { value: 1e-3, source: 'released code, DBCNN' },
  },
  {
    type: 'boolean',
    id: 'fcNorm',
    label: 'Gradient norm while the last layer is trained alone',
    help: 'Whether gradient-norm training begins with the last layer or only once all layers are trained. The paper does not say.',
    level: 'expert',
    group: 'Training',
    default: true,
  },
  {
    type: 'choice',
    id: 'trainingView',
    label: 'Training pictures',
    help: 'Table S5 of the gradient-norm paper gives whole pictures of 500 x 500; the code released with DBCNN trains on random crops and scores whole pictures of any size.',
    level: 'guided',
    group: 'Views',
    default: 'whole',
    options: [
      { value: 'whole', label: 'Whole, 500 x 500', help: 'Other sizes are resized.' },
      { value: 'crop', label: 'Random crops, 448 x 448', help: 'Scored whole, as they are.' },
    ],
    paper: { value: 'whole', source: 'Table S5' },
  },
];

/** The released two stages: SGD on the linear layer alone, then Adam on everything from the best epoch of stage 1. */
const plan: Plan = (trainer) => {
  const weightDecay = read.number(trainer, 'weightDecay');
  const first: Stage = {
    id: 'fc',
    title: 'last layer only',
    epochs: read.number(trainer, 'fcEpochs'),
    optimizer: 'sgd',
    learningRate: read.number(trainer, 'fcLearningRate'),
    weightDecay,
    groups: [{ id: 'fc', prefixes: ['fc.'], rate: () => 1 }],
    norm: read.boolean(trainer, 'fcNorm'),
  };
  const second: Stage = {
    id: 'all',
    title: 'all layers',
    epochs: read.number(trainer, 'epochs'),
    optimizer: read.string(trainer, 'optimizer'),
    learningRate: read.number(trainer, 'learningRate'),
    weightDecay,
    groups: [{ id: 'all', prefixes: [''], rate: () => 1 }],
  };
  return first.epochs === 0 ? [second] : [first, { ...second, fromBest: true }];
};

function views(trainer: Readonly<ParamValues>): ReturnType<ModelDef['views']> {
  if (read.string(trainer, 'trainingView') === 'whole') {
    return { kind: 'whole', height: 500, width: 500 };
  }
  return {
    train: { kind: 'crop', height: 448, width: 448 },
    test: { kind: 'whole', height: null, width: null },
  };
}

const model: ModelDef = {
  id: 'dbcnn',
  version: 1,
  title: 'DBCNN',
  citation: 'Zhang, Ma, Yan, Deng & Wang, IEEE TCSVT 2020',
  summary:
    'Two trunks, VGG-16 and S-CNN, whose features are multiplied pairwise. Scores whole pictures. Trained in two stages: the last layer, then everything.',
  params: [
    {
      type: 'number',
      id: 'width',
      label: 'Width',
      help: 'Share of the published channels. Published weights fit 1 only; less gives a smaller network that starts from scratch.',
      level: 'expert',
      default: 1,
      min: 0.01,
      max: 1,
    },
  ],
  recipe: {
    trainer: {
      epochs: 50,
      batchSize: 6,
      loss: 'mse',
      optimizer: 'adam',
      learningRate: 1e-5,
      weightDecay: 5e-4,
      trainViews: 1,
      testViews: 1,
    },
    nt: { lambda: 0.0005, h: 0.01 },
    settings,
    plan,
    epochSettings: ['fcEpochs', 'epochs'],
    paper: dbCnnPaper,
  },
  presets: dbCnnPresets,
  miniature: { width: 0.125 },
  views: (_values, trainer) => views(trainer),
  labScale: { scale: 1, offset: 0 },
  build: (values: Readonly<ParamValues>, seed) => new DbCnn(read.number(values, 'width'), seed),
};

export default model;
