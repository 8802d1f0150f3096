import * as tf from '@tensorflow/tfjs-core';
import { LabError, must } from '@shared/errors';
import { read } from '@shared/params';
import { meanScore } from '../attacks/harness/mean-score';
import { record } from '../engine';
import { PerturbationNet } from '../surrogates/perturbation-net';
import { optimizers } from '../training/optimizers';
import type { Tensor } from '../weights/safetensors';
import type { FitDef, FitParts, Fitting } from './fit';
import { patchShape } from './uap/patch-shape';

const OPTIMIZER = 'adam/';
/** Scores leave a model on the lab scale. */
const RANGE = 100;

/**
 * Trains the generator of FACPA (Shumitskaya, Antsiferova & Vatolin, ICLR 2023 Tiny Papers) by Adam on
 * mean (1 - f(clip(x + epsilon G(x))) / 100).
 */
function begin({ params, seed, patch, model }: FitParts): Fitting {
  const depth = read.number(params, 'depth');
  const width = read.number(params, 'width');
  const epsilon = read.number(params, 'epsilon');
  const unit = 2 ** depth;
  if (patch.height % unit !== 0 || patch.width % unit !== 0) throw unevenPatch(patch, unit);
  const scorer = must(model, 'a fit on a model has one').scorer(patch);
  const net = new PerturbationNet({ depth, width }, seed);
  const named = [...net.parameters()];
  const variables = named.map(([, variable]) => variable);
  const learningRate = read.number(params, 'learningRate');
  const adam = optimizers
    .find('adam')
    .build([{ parameters: net.parameters(), learningRate, weightDecay: 0 }], {});
  return {
    async step(batch, { step }) {
      const x = tf.tensor4d(batch.x, [...batch.shape]);
      const pass = record(() => net.forward(x, { training: true, seed, step }), variables);
      const moved: tf.Tensor4D = tf.tidy(() => tf.add(x, tf.mul(pass.output, epsilon)));
      const clipped = tf.clipByValue(moved, 0, 1);
      const { score, gradient } = await scorer.scoreAndGradient(clipped);
      const cotangent = tf.tidy(() => {
        const inside = tf.logicalAnd(tf.greaterEqual(moved, 0), tf.lessEqual(moved, 1));
        const share = -epsilon / (RANGE * batch.shape[0]);
        return tf.mul(tf.mul(gradient, tf.cast(inside, 'float32')), share);
      });
      const gradients = pass.pullback(cotangent, variables, { last: true });
      adam.step(new Map(named.map(([name], i) => [name, gradients[i] ?? null])), 1);
      const loss = 1 - meanScore(Array.from(await score.data())) / RANGE;
      pass.dispose();
      tf.dispose([x, moved, clipped, score, gradient, cotangent]);
      tf.dispose(gradients.filter((one) => one !== null));
      return loss;
    },
    state() {
      const state = new Map<string, Tensor>(net.stateDict());
      for (const [name, entry] of adam.state()) state.set(OPTIMIZER + name, entry);
      return state;
    },
    load(state) {
      const moments = [...state].filter(([name]) => name.startsWith(OPTIMIZER));
      net.loadStateDict(new Map([...state].filter(([name]) => !name.startsWith(OPTIMIZER))));
      adam.load(
        new Map(
          moments.map(([name, { shape, data }]) => [
            name.slice(OPTIMIZER.length),
            { shape: [...shape], data },
          ]),
        ),
      );
    },
    result: () => ({
      title: `FACPA generator for tiles of ${unit}, raises scores`,
      tensors: net.stateDict(),
      settings: { depth, width, epsilon },
    }),
    dispose() {
      adam.dispose();
      net.dispose();
    },
  };
}

function unevenPatch(patch: { height: number; width: number }, unit: number): LabError {
  return new LabError({
    kind: 'bad-input',
    message: `patches of ${patch.width} x ${patch.height} pixels cannot be halved ${Math.log2(unit)} times`,
    safe: 'Nothing was started.',
    next: 'Choose a patch size that the pictures have and that is a multiple of 2 to the number of halvings.',
  });
}

const fit: FitDef = {
  id: 'facpa-generator',
  version: 1,
  title: 'FACPA generator',
  citation: 'Shumitskaya, Antsiferova & Vatolin, ICLR 2023 Tiny Papers',
  summary:
    'Trains a network that makes a perturbation for any picture in one pass. It is fitted on one model; its published settings take hours on a CPU.',
  on: 'model',
  produces: { kind: 'generator', id: 'facpa-generator' },
  params: [
    {
      type: 'number',
      id: 'epsilon',
      label: 'Largest change while fitting',
      help: 'What the network’s output, between -1 and 1, is multiplied by.',
      level: 'paper',
      default: 10 / 255,
      min: 0.001,
      max: 0.5,
      unit: 'pixel',
      paper: { value: 10 / 255, source: 'Shumitskaya et al., 2023' },
    },
    {
      type: 'integer',
      id: 'epochs',
      label: 'Epochs',
      help: 'How often every picture is shown. The authors take 200, the MSU benchmark 5.',
      level: 'paper',
      default: 5,
      min: 1,
      max: 1000,
      paper: { value: 200, source: 'Shumitskaya et al., 2023' },
    },
    {
      type: 'integer',
      id: 'batchSize',
      label: 'Patches per step',
      help: 'How many patches one step looks at.',
      level: 'guided',
      default: 4,
      min: 1,
      max: 256,
      paper: { value: 4, source: 'Shumitskaya et al., 2023' },
    },
    {
      type: 'number',
      id: 'learningRate',
      label: 'Learning rate',
      help: 'Of Adam.',
      level: 'guided',
      default: 0.001,
      min: 1e-6,
      max: 0.1,
      scale: 'log',
      paper: { value: 0.001, source: 'Shumitskaya et al., 2023' },
    },
    {
      type: 'integer',
      id: 'size',
      label: 'Side of the patches',
      help: 'Patches of this size are cut from the pictures.',
      level: 'guided',
      default: 256,
      min: 8,
      max: 1024,
      unit: 'pixels',
      paper: { value: 256, source: 'Shumitskaya et al., 2023' },
    },
    {
      type: 'integer',
      id: 'depth',
      label: 'Halvings',
      help: 'How often the network halves a patch. Eight bring 256 pixels down to one.',
      level: 'expert',
      default: 8,
      min: 2,
      max: 10,
      paper: { value: 8, source: 'Shumitskaya et al., 2023' },
    },
    {
      type: 'integer',
      id: 'width',
      label: 'Channels of the first layer',
      help: 'Deeper layers have up to eight times as many. Fewer make a smaller network that trains faster.',
      level: 'expert',
      default: 64,
      min: 1,
      max: 256,
      paper: { value: 64, source: 'Shumitskaya et al., 2023' },
    },
  ],
  presets: [
    {
      id: 'light',
      title: 'Light',
      help: 'An eighth of the channels: trains in minutes on a CPU.',
      params: { width: 8 },
    },
  ],
  miniature: { size: 32, depth: 4, width: 4, epochs: 6, batchSize: 2, learningRate: 0.01 },
  data: (params, model) => ({
    shape: patchShape(read.number(params, 'size'), model?.view ?? null),
    viewsPerPicture: 1,
    mirrored: false,
    batchSize: read.number(params, 'batchSize'),
    epochs: read.number(params, 'epochs'),
  }),
  begin: (parts) => Promise.resolve(begin(parts)),
};

export default fit;
