import * as tf from '@tensorflow/tfjs-core';
import { must } from '@shared/errors';
import { read } from '@shared/params';
import { optimizers } from '../training/optimizers';
import type { Tensor } from '../weights/safetensors';
import type { FitDef, FitParts, Fitting } from './fit';
import { uapParams, uapSettings } from './uap/params';
import { patchShape } from './uap/patch-shape';
import { patternGradient } from './uap/pattern-gradient';
import { patternResult, patternTensor, produces } from './uap/pattern-result';

/** Where the published training starts: hardly visible, but not flat. */
const START = 1e-4;
const MOMENTS = 'adam/';

/**
 * The optimised universal perturbation (Shumitskaya, Antsiferova & Vatolin, BMVC 2022): Adam on the pattern itself, which
 * is clipped to +-epsilon after each step.
 */
function begin({ params, patch, model }: FitParts): Fitting {
  const settings = uapSettings(params);
  const scorer = must(model, 'a fit on a model has one').scorer(patch);
  const shape: [number, number, number] = [patch.height, patch.width, 3];
  const initial = tf.fill(shape, START);
  const pattern = tf.variable(initial) as tf.Variable<tf.Rank.R3>;
  initial.dispose();
  const group = {
    parameters: new Map([[patternTensor, pattern]]),
    learningRate: read.number(params, 'learningRate'),
    weightDecay: 0,
  };
  const adam = optimizers.find('adam').build([group], {});
  const assign = (next: tf.Tensor3D): void => {
    pattern.assign(next);
    next.dispose();
  };
  return {
    async step(batch) {
      const { loss, gradient } = await patternGradient(pattern, batch, scorer, settings.direction);
      adam.step(new Map([[patternTensor, gradient]]), 1);
      gradient.dispose();
      assign(tf.clipByValue(pattern, -settings.epsilon, settings.epsilon));
      return loss;
    },
    state() {
      const data = pattern.dataSync<'float32'>().slice();
      const state = new Map<string, Tensor>([[patternTensor, { shape, data }]]);
      for (const [name, entry] of adam.state()) state.set(MOMENTS + name, entry);
      return state;
    },
    load(state) {
      const moments = [...state].filter(([name]) => name.startsWith(MOMENTS));
      adam.load(
        new Map(
          moments.map(([name, { shape: of, data }]) => [
            name.slice(MOMENTS.length),
            { shape: [...of], data },
          ]),
        ),
      );
      const saved = must(state.get(patternTensor), 'a saved position holds the pattern');
      assign(tf.tensor3d(saved.data.slice(), shape));
    },
    result: () => patternResult(pattern.dataSync<'float32'>().slice(), patch, settings),
    dispose() {
      adam.dispose();
      pattern.dispose();
    },
  };
}

const fit: FitDef = {
  id: 'uap-optimised',
  version: 1,
  title: 'Universal perturbation, optimised',
  citation: 'Shumitskaya, Antsiferova & Vatolin, BMVC 2022',
  summary:
    'One pattern for all pictures, found by Adam: added to any picture, it changes the score of the model it was fitted on, and often that of others.',
  on: 'model',
  produces,
  params: [
    ...uapParams,
    {
      type: 'integer',
      id: 'epochs',
      label: 'Epochs',
      help: 'How often every picture is shown.',
      level: 'paper',
      default: 5,
      min: 1,
      max: 1000,
      paper: { value: 5, source: 'released code of the MSU benchmark' },
    },
    {
      type: 'integer',
      id: 'batchSize',
      label: 'Patches per step',
      help: 'How many patches one step looks at.',
      level: 'guided',
      default: 8,
      min: 1,
      max: 256,
      paper: { value: 8, source: 'released code of the MSU benchmark' },
    },
    {
      type: 'number',
      id: 'learningRate',
      label: 'Learning rate',
      help: 'How far a value of the pattern moves in one step, in [0, 1] pixel units.',
      level: 'guided',
      default: 0.001,
      min: 1e-6,
      max: 0.1,
      scale: 'log',
      paper: { value: 0.001, source: 'released code of the MSU benchmark' },
    },
  ],
  presets: [
    {
      id: 'cviu-2024',
      title: 'As in CVIU 2024',
      help: 'Within 10 grey levels, 4 patches per step, 10 epochs.',
      params: { epsilon: 10 / 255, batchSize: 4, epochs: 10 },
    },
  ],
  miniature: { size: 32, epochs: 4, batchSize: 2, learningRate: 0.02 },
  data: (params, model) => ({
    shape: patchShape(uapSettings(params).size, model?.view ?? null),
    viewsPerPicture: uapSettings(params).patches,
    mirrored: false,
    batchSize: read.number(params, 'batchSize'),
    epochs: read.number(params, 'epochs'),
  }),
  begin: (parts) => Promise.resolve(begin(parts)),
};

export default fit;
