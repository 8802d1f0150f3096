import * as tf from '@tensorflow/tfjs-core';
import { read } from '@shared/params';
import type { ParamValues } from '@shared/params';
import { convExtrema } from '../engine';
import { Conv2d, Linear, Module, Scope, constant, dropout, localContrastNormalise } from '../nn';
import type { ForwardContext, Model, ModelDef } from './model';

/** ITU-R BT.601 luma, what image libraries mean by greyscale. */
const LUMA = [0.299, 0.587, 0.114];

interface Architecture {
  readonly input: 'luma' | 'rgb';
  readonly kernels: number;
  readonly kernelSize: number;
  readonly hidden: number;
  readonly dropout: number;
  /** Grey levels. */
  readonly contrastConstant: number;
}

function architecture(values: Readonly<ParamValues>): Architecture {
  return {
    input: read.string(values, 'input') === 'rgb' ? 'rgb' : 'luma',
    kernels: read.number(values, 'kernels'),
    kernelSize: read.number(values, 'kernelSize'),
    hidden: read.number(values, 'hidden'),
    dropout: read.number(values, 'dropout'),
    contrastConstant: read.number(values, 'contrastConstant'),
  };
}

/**
 * Convolutional network for no-reference quality (Kang, Ye, Li & Doermann, CVPR 2014): local contrast normalisation,
 * one convolution without activation, maximum and minimum of every response map, two ReLU layers, one output.
 *
 * Normalisation is part of the model, so gradients and attacks are in pixels. Native scores are about 0 to 1.
 */
class CnnIqa extends Module implements Model {
  /** The pixels enter as they are: local contrast normalisation does the rest. */
  readonly normalisation = { mean: [0, 0, 0], std: [1, 1, 1] };
  readonly #settings: Architecture;
  readonly #conv: Conv2d;
  readonly #fc1: Linear;
  readonly #fc2: Linear;
  readonly #fc3: Linear;

  constructor(settings: Architecture, seed: number) {
    super(new Scope(seed));
    const { input, kernels, kernelSize, hidden } = settings;
    this.#settings = settings;
    const inputs = input === 'rgb' ? 3 : 1;
    this.#conv = this.child(
      'conv1',
      (scope) => new Conv2d(scope, { inputs, outputs: kernels, kernel: kernelSize }),
    );
    const dense = (name: string, size: number, outputs: number): Linear =>
      this.child(name, (scope) => new Linear(scope, { inputs: size, outputs }));
    this.#fc1 = dense('fc1', 2 * kernels, hidden);
    this.#fc2 = dense('fc2', hidden, hidden);
    // Training starts from the middle of the scale instead of from its lowest score.
    this.#fc3 = this.child(
      'fc3',
      (scope) => new Linear(scope, { inputs: hidden, outputs: 1, initialiseBias: constant(0.5) }),
    );
  }

  forward(x: tf.Tensor4D, context: ForwardContext): tf.Tensor1D {
    const { input, contrastConstant } = this.#settings;
    const normal = localContrastNormalise(input === 'rgb' ? x : luma(x), contrastConstant / 255);
    const bias = this.#conv.bias as tf.Tensor1D | undefined;
    let features = convExtrema(normal, this.#conv.weight);
    // A constant moves every response alike, so it is added to the extremes instead of to the maps.
    if (bias) features = tf.add(features, tf.concat1d([bias, bias]));
    const first = tf.relu(this.#fc1.forward(features));
    let second = tf.relu(this.#fc2.forward(first));
    if (context.training) {
      const { seed, step } = context;
      second = dropout(second, this.#settings.dropout, { seed, step, name: 'fc2' });
    }
    return tf.reshape(this.#fc3.forward(second), [x.shape[0]]);
  }
}

function luma(x: tf.Tensor4D): tf.Tensor4D {
  const [n, height, width] = x.shape;
  const grey = tf.matMul(tf.reshape(x, [-1, 3]), tf.tensor2d(LUMA, [3, 1]));
  return tf.reshape(grey, [n, height, width, 1]);
}

const model: ModelDef = {
  id: 'cnniqa',
  version: 1,
  title: 'CNNIQA',
  citation: 'Kang, Ye, Li & Doermann, CVPR 2014',
  summary:
    'A light network for 32 x 32 patches: one convolution, its strongest and weakest responses, two dense layers. Trains from scratch in minutes on a CPU.',
  params: [
    {
      type: 'choice',
      id: 'input',
      label: 'Input',
      help: 'Luma (greyscale) as in the paper, or the three colour channels.',
      level: 'guided',
      default: 'luma',
      options: [
        { value: 'luma', label: 'Luma' },
        { value: 'rgb', label: 'Colour' },
      ],
      paper: { value: 'luma', source: 'Kang et al., section 3.1' },
    },
    {
      type: 'integer',
      id: 'kernels',
      label: 'Convolution kernels',
      help: 'How many patterns the first layer looks for.',
      level: 'expert',
      default: 50,
      min: 1,
      max: 512,
      paper: { value: 50, source: 'Kang et al., section 3' },
    },
    {
      type: 'integer',
      id: 'kernelSize',
      label: 'Kernel size',
      help: 'Side of the patterns.',
      level: 'expert',
      default: 7,
      min: 1,
      max: 15,
      unit: 'pixels',
      paper: { value: 7, source: 'Kang et al., section 3' },
    },
    {
      type: 'integer',
      id: 'hidden',
      label: 'Dense units',
      help: 'Width of each of the two dense layers.',
      level: 'expert',
      default: 800,
      min: 1,
      max: 4096,
      paper: { value: 800, source: 'Kang et al., section 3' },
    },
    {
      type: 'number',
      id: 'dropout',
      label: 'Dropout',
      help: 'Share of second-layer units left out in each training step. With gradient-norm training both passes of a step leave out the same units.',
      level: 'guided',
      default: 0,
      min: 0,
      max: 0.9,
      paper: { value: 0.5, source: 'Kang et al., section 3.3' },
    },
    {
      type: 'number',
      id: 'contrastConstant',
      label: 'Contrast constant C',
      help: 'Added to the local deviation that the input is divided by. A small one blows the noise of flat regions up to full contrast, and the gradient with it.',
      level: 'guided',
      default: 1,
      min: 0.1,
      max: 255,
      scale: 'log',
      unit: 'grey levels',
      paper: { value: 1, source: 'Kang et al., Eq. 1' },
    },
  ],
  // From scratch on small views: the large bodies' rate of 2e-5 would not leave the start, and their lambda of 1e-3
  // would leave nothing but a constant score (docs/results.md).
  recipe: {
    trainer: {
      batchSize: 64,
      learningRate: 0.001,
      schedule: 'cosine',
      trainViews: 16,
      viewMethod: 'grid',
      testViews: 64,
    },
    nt: { lambda: 3e-6 },
  },
  presets: [],
  views: () => ({ kind: 'crop', height: 32, width: 32 }),
  drops: true,
  labScale: { scale: 100, offset: 0 },
  build: (values, seed) => new CnnIqa(architecture(values), seed),
};

export default model;
