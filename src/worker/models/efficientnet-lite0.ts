import * as tf from '@tensorflow/tfjs-core';
import { read } from '@shared/params';
import type { ParamSpec, ParamValues } from '@shared/params';
import { Linear, Module, Scope, constant, dropout, globalAvgPool, normal } from '../nn';
import type { ForwardContext, Model, ModelDef } from './model';
import type { Plan } from './plan';
import { EfficientNetLite0, LITE } from './trunks/efficientnet-lite';
import { normalise } from './trunks/normalise';

interface Architecture {
  readonly width: number;
  readonly dropout: number;
  readonly frozenStatistics: boolean;
}

function architecture(values: Readonly<ParamValues>): Architecture {
  return {
    width: read.number(values, 'width'),
    dropout: read.number(values, 'dropout'),
    frozenStatistics: read.boolean(values, 'frozenStatistics'),
  };
}

/**
 * EfficientNet-Lite0 (Tan & Le, ICML 2019) with one linear layer on the mean of its last feature map. Native scores are
 * about 0 to 1.
 */
class QualityNet extends Module implements Model {
  readonly normalisation = LITE;
  readonly #settings: Architecture;
  readonly #trunk: EfficientNetLite0;
  readonly #head: Linear;

  constructor(settings: Architecture, seed: number) {
    super(new Scope(seed));
    this.#settings = settings;
    this.#trunk = this.child('trunk', (scope) => new EfficientNetLite0(scope, settings));
    // Training starts from the middle of the scale, with differences small against it.
    this.#head = this.child(
      'head',
      (scope) =>
        new Linear(scope, {
          inputs: this.#trunk.channels,
          outputs: 1,
          initialise: normal(0.001),
          initialiseBias: constant(0.5),
        }),
    );
  }

  forward(x: tf.Tensor4D, context: ForwardContext): tf.Tensor1D {
    const { training, seed, step, batchNorm, recompute } = context;
    const mode = this.#settings.frozenStatistics ? 'running' : batchNorm;
    const features = globalAvgPool(this.#trunk.forward(normalise(x, LITE), mode, recompute));
    const rate = training ? this.#settings.dropout : 0;
    const kept = dropout(features, rate, { seed, step, name: 'head' });
    return tf.reshape(this.#head.forward(kept), [x.shape[0]]);
  }
}

const settings: readonly ParamSpec[] = [
  {
    type: 'number',
    id: 'headRate',
    label: 'Learning rate of the last layer',
    help: 'How many times that of the trunk. The trunk starts from features that work, the last layer from nothing.',
    level: 'guided',
    group: 'Optimiser',
    default: 10,
    min: 1,
    max: 1000,
    scale: 'log',
  },
];

/** One stage; the head learns faster than the trunk. */
const plan: Plan = (trainer) => {
  const headRate = read.number(trainer, 'headRate');
  return [
    {
      id: 'all',
      title: 'all layers',
      epochs: read.number(trainer, 'epochs'),
      optimizer: read.string(trainer, 'optimizer'),
      learningRate: read.number(trainer, 'learningRate'),
      weightDecay: read.number(trainer, 'weightDecay'),
      groups: [
        { id: 'head', prefixes: ['head.'], rate: () => headRate },
        { id: 'trunk', prefixes: ['trunk.'], rate: () => 1 },
      ],
    },
  ];
};

const model: ModelDef = {
  id: 'efficientnet-lite0',
  version: 1,
  title: 'EfficientNet-Lite0',
  citation: 'Tan & Le, ICML 2019 (trunk)',
  summary:
    'A light pretrained network with one linear layer on top. Its ImageNet weights come from a Python package; trains on a CPU in minutes per epoch.',
  params: [
    {
      type: 'integer',
      id: 'crop',
      label: 'Crop',
      help: 'Side of the square views it is trained on and scores.',
      level: 'guided',
      default: 224,
      min: 32,
      max: 1024,
      unit: 'pixels',
    },
    {
      type: 'number',
      id: 'dropout',
      label: 'Dropout',
      help: 'Share of features left out before the last layer in each training step. With gradient-norm training both passes of a step leave out the same.',
      level: 'guided',
      default: 0.2,
      min: 0,
      max: 0.9,
    },
    {
      type: 'boolean',
      id: 'frozenStatistics',
      label: 'Keep the batch-norm statistics',
      help: 'Training normalises by the stored statistics of the pretrained trunk instead of those of each small batch: steadier and faster, and the network is trained as it is used. Turn it off to train from scratch.',
      level: 'guided',
      default: true,
    },
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
      epochs: 8,
      batchSize: 16,
      optimizer: 'adam',
      learningRate: 1e-4,
      schedule: 'cosine',
      trainViews: 2,
      testViews: 5,
    },
    // At 0.001 the term is seven times the quality loss in the first steps from the published trunk.
    nt: { lambda: 1e-4 },
    // The paper does not use this model.
    paper: {},
    settings,
    plan,
  },
  presets: [],
  miniature: { width: 0.25, crop: 64 },
  views: (values) => {
    const crop = read.number(values, 'crop');
    return { kind: 'crop', height: crop, width: crop };
  },
  labScale: { scale: 100, offset: 0 },
  build: (values, seed) => new QualityNet(architecture(values), seed),
};

export default model;
