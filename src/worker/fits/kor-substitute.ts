import * as tf from '@tensorflow/tfjs-core';
import { read, type ParamValues } from '@shared/params';
import { meanScore } from '../attacks/harness/mean-score';
import { record } from '../engine';
import { Substitute, trunkNames, type TrunkName } from '../surrogates/substitute';
import { optimizers, type ParameterGroup } from '../training/optimizers';
import type { Tensor } from '../weights/safetensors';
import type { FitDef, FitParts, Fitting } from './fit';

const OPTIMIZER = 'sgd/';

/** Factors on the learning rate, by the beginning of a weight's name; the first that fits counts. */
const rates: Readonly<Record<TrunkName, readonly (readonly [string, number])[]>> = {
  // MATLAB counts layers of its own ResNet-50: 5 are the stem, 36 end stage 1, 140 end stage 3.
  resnet50: residual(),
  resnet18: residual(),
  'efficientnet-lite0': [
    ['head.', 2],
    ['', 1],
  ],
  small: [
    ['head.', 2],
    ['', 1],
  ],
};

function residual(): readonly (readonly [string, number])[] {
  return [
    ['head.', 2],
    ['trunk.conv1.', 0.25],
    ['trunk.bn1.', 0.25],
    ['trunk.layer1.', 0.5],
    ['trunk.layer2.', 0.75],
    ['trunk.layer3.', 0.75],
    ['', 1],
  ];
}

function trunkOf(params: Readonly<ParamValues>): TrunkName {
  const name = read.string(params, 'trunk');
  return trunkNames.find((known) => known === name) ?? 'small';
}

function groupsOf(network: Substitute, params: Readonly<ParamValues>): ParameterGroup[] {
  const factors = rates[trunkOf(params)];
  const learningRate = read.number(params, 'learningRate');
  const weightDecay = read.number(params, 'weightDecay');
  return factors.map(([, factor], group) => ({
    parameters: new Map(
      [...network.parameters()].filter(
        ([name]) => factors.findIndex(([start]) => name.startsWith(start)) === group,
      ),
    ),
    learningRate: learningRate * factor,
    weightDecay,
  }));
}

/**
 * Trains the substitute of Korhonen and You (QoEVMA 2022) on ratings brought to [0, 1]: half the mean squared error, SGD
 * with momentum, smaller steps for the layers near the input.
 */
function begin(parts: FitParts): Fitting {
  const { params, seed } = parts;
  const trunk = trunkOf(params);
  const network = new Substitute(trunk, seed);
  if (trunk !== 'small') network.loadTrunk(parts.weights(trunk).tensors);
  const optimizer = optimizers.find('sgd').build(groupsOf(network, params), { momentum: 0.9 });
  const parameters = [...network.parameters()];
  const batchNorm = read.string(params, 'statistics') === 'batch' ? 'batch' : 'running';
  return {
    async step(batch, { step }) {
      const x = tf.tensor4d(batch.x, [...batch.shape]);
      const context = { training: true, seed, step, batchNorm } as const;
      const pass = record(
        () => network.forward(x, context),
        parameters.map(([, variable]) => variable),
      );
      const output = await pass.output.data();
      const errors = Float32Array.from(batch.y, (rating, i) => (output[i] ?? 0) - rating / 100);
      // d/dy of (1/2n) sum (y - t)^2
      const cotangent = tf.tensor1d(errors.map((error) => error / errors.length));
      const gradients = pass.pullback(
        cotangent,
        parameters.map(([, variable]) => variable),
        { last: true },
      );
      optimizer.step(new Map(parameters.map(([name], i) => [name, gradients[i] ?? null])), 1);
      pass.dispose();
      tf.dispose([x, cotangent, ...gradients.filter((gradient) => gradient !== null)]);
      return meanScore(errors.map((error) => error * error)) / 2;
    },
    state() {
      const state = new Map<string, Tensor>(network.stateDict());
      for (const [name, entry] of optimizer.state()) state.set(OPTIMIZER + name, entry);
      return state;
    },
    load(state) {
      const own = [...state].filter(([name]) => !name.startsWith(OPTIMIZER));
      const moments = [...state].filter(([name]) => name.startsWith(OPTIMIZER));
      network.loadStateDict(new Map(own));
      optimizer.load(
        new Map(
          moments.map(([name, { shape, data }]) => [
            name.slice(OPTIMIZER.length),
            { shape: [...shape], data },
          ]),
        ),
      );
    },
    result: () => ({
      title: `Substitute of the Kor. attack on ${trunk}`,
      tensors: network.stateDict(),
      settings: { trunk },
    }),
    dispose() {
      optimizer.dispose();
      network.dispose();
    },
  };
}

const fit: FitDef = {
  id: 'kor-substitute',
  version: 1,
  title: 'Substitute model of the Kor. attack',
  citation: 'Korhonen & You, QoEVMA 2022',
  summary:
    'Trains a model of its own on the pictures and ratings. The attack looks into this one, and its pictures are then shown to the model that is attacked.',
  on: 'data',
  produces: { kind: 'substitute', id: 'kor-substitute' },
  params: [
    {
      type: 'choice',
      id: 'trunk',
      label: 'Network',
      help: 'The paper trains on ResNet-50. The lighter ones train in less time, the small one without any published weights.',
      level: 'paper',
      default: 'resnet50',
      options: [
        { value: 'resnet50', label: 'ResNet-50' },
        { value: 'resnet18', label: 'ResNet-18' },
        { value: 'efficientnet-lite0', label: 'EfficientNet-Lite0' },
        { value: 'small', label: 'Small, from scratch' },
      ],
      paper: { value: 'resnet50', source: 'Korhonen & You, section 3' },
    },
    {
      type: 'integer',
      id: 'epochs',
      label: 'Epochs',
      help: 'How often every picture is shown. The small network needs more of them.',
      level: 'paper',
      default: 2,
      min: 1,
      max: 1000,
      paper: { value: 2, source: 'released code' },
    },
    {
      type: 'integer',
      id: 'batchSize',
      label: 'Pictures per step',
      help: 'How many pictures one step looks at.',
      level: 'guided',
      default: 16,
      min: 1,
      max: 256,
      paper: { value: 16, source: 'released code' },
    },
    {
      type: 'number',
      id: 'learningRate',
      label: 'Learning rate',
      help: 'Of the last stage; the last layer takes twice the steps, the first stages a quarter to three quarters.',
      level: 'guided',
      default: 5e-4,
      min: 1e-7,
      max: 10,
      scale: 'log',
      paper: { value: 5e-4, source: 'released code' },
    },
    {
      type: 'number',
      id: 'weightDecay',
      label: 'Weight decay',
      help: 'Share of a weight added to its gradient.',
      level: 'expert',
      default: 0.01,
      min: 0,
      max: 1,
      paper: { value: 0.01, source: 'released code' },
    },
    {
      type: 'integer',
      id: 'height',
      label: 'Height of the pictures',
      help: 'Pictures are brought to this height for training; the attack takes them as they are.',
      level: 'guided',
      default: 384,
      min: 16,
      max: 2048,
      unit: 'pixels',
      paper: { value: 384, source: 'released code' },
    },
    {
      type: 'integer',
      id: 'width',
      label: 'Width of the pictures',
      help: 'Pictures are brought to this width for training.',
      level: 'guided',
      default: 512,
      min: 16,
      max: 2048,
      unit: 'pixels',
      paper: { value: 512, source: 'released code' },
    },
    {
      type: 'choice',
      id: 'statistics',
      label: 'Batch-norm statistics',
      help: 'Those of each step as in the released code, or the stored ones of the published trunk: steadier with few pictures per step.',
      level: 'expert',
      default: 'batch',
      options: [
        { value: 'batch', label: 'Of each step' },
        { value: 'stored', label: 'Stored ones' },
      ],
    },
  ],
  presets: [
    {
      id: 'small',
      title: 'Small, from scratch',
      help: 'Trains in minutes on a CPU and needs no published weights. A weaker stand-in than the paper’s.',
      params: {
        trunk: 'small',
        epochs: 30,
        learningRate: 0.05,
        weightDecay: 1e-4,
        height: 192,
        width: 256,
      },
    },
  ],
  needs: (['resnet50', 'resnet18', 'efficientnet-lite0'] as const).map((entry) => ({
    entry,
    purpose: 'the substitute, which starts from it',
    when: { id: 'trunk', is: [entry] },
  })),
  miniature: {
    trunk: 'small',
    epochs: 6,
    batchSize: 2,
    learningRate: 0.5,
    weightDecay: 0,
    height: 32,
    width: 40,
  },
  data: (params) => ({
    shape: {
      kind: 'whole',
      height: read.number(params, 'height'),
      width: read.number(params, 'width'),
    },
    viewsPerPicture: 1,
    mirrored: false,
    batchSize: read.number(params, 'batchSize'),
    epochs: read.number(params, 'epochs'),
  }),
  begin: (parts) => Promise.resolve(begin(parts)),
};

export default fit;
