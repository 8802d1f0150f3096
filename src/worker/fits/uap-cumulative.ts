import * as tf from '@tensorflow/tfjs-core';
import { must } from '@shared/errors';
import { read } from '@shared/params';
import type { FitDef, FitParts, Fitting } from './fit';
import { uapParams, uapSettings } from './uap/params';
import { patchShape } from './uap/patch-shape';
import { patternGradient } from './uap/pattern-gradient';
import { patternResult, patternTensor, produces } from './uap/pattern-result';

/**
 * The cumulative universal perturbation (Shumitskaya, Antsiferova & Vatolin, CVIU 2024): one patch after the other,
 * p <- clip(p - step * gradient, +-epsilon), without memory.
 */
function begin({ params, patch, model }: FitParts): Fitting {
  const settings = uapSettings(params);
  const stepSize = read.number(params, 'stepSize');
  const { epsilon, direction } = settings;
  const scorer = must(model, 'a fit on a model has one').scorer(patch);
  const shape: [number, number, number] = [patch.height, patch.width, 3];
  let pattern = tf.zeros<tf.Rank.R3>(shape);
  const replace = (next: tf.Tensor3D): void => {
    pattern.dispose();
    pattern = next;
  };
  const values = (): Float32Array => pattern.dataSync<'float32'>().slice();
  return {
    async step(batch) {
      const { loss, gradient } = await patternGradient(pattern, batch, scorer, direction);
      replace(
        tf.tidy(() =>
          tf.clipByValue(tf.sub(pattern, tf.mul(gradient, stepSize)), -epsilon, epsilon),
        ),
      );
      gradient.dispose();
      return loss;
    },
    state: () => new Map([[patternTensor, { shape, data: values() }]]),
    load(state) {
      const saved = must(state.get(patternTensor), 'a saved position holds the pattern');
      replace(tf.tensor3d(saved.data.slice(), shape));
    },
    result: () => patternResult(values(), patch, settings),
    dispose: () => pattern.dispose(),
  };
}

const fit: FitDef = {
  id: 'uap-cumulative',
  version: 1,
  title: 'Universal perturbation, cumulative',
  citation: 'Shumitskaya, Antsiferova & Vatolin, Computer Vision and Image Understanding 2024',
  summary:
    'One pattern for all pictures, summed up from the gradients of one patch after the other. Cruder than the optimised one, and without its settings.',
  on: 'model',
  produces,
  params: [
    ...uapParams.map((spec) =>
      spec.id === 'epsilon' && spec.type === 'number'
        ? { ...spec, default: 10 / 255, paper: { value: 10 / 255, source: 'CVIU 2024' } }
        : spec,
    ),
    {
      type: 'integer',
      id: 'epochs',
      label: 'Epochs',
      help: 'How often every picture is shown.',
      level: 'paper',
      default: 10,
      min: 1,
      max: 1000,
      paper: { value: 10, source: 'CVIU 2024' },
    },
    {
      type: 'number',
      id: 'stepSize',
      label: 'Step',
      help: 'Factor on the gradient of a patch before it is added to the pattern. The gradient is that of the score divided by 100.',
      level: 'guided',
      default: 1,
      min: 1e-4,
      max: 1e6,
      scale: 'log',
      paper: { value: 1, source: 'CVIU 2024' },
    },
  ],
  presets: [],
  miniature: { size: 32, epochs: 4, stepSize: 100 },
  data: (params, model) => ({
    shape: patchShape(uapSettings(params).size, model?.view ?? null),
    viewsPerPicture: uapSettings(params).patches,
    mirrored: false,
    batchSize: 1,
    epochs: read.number(params, 'epochs'),
  }),
  begin: (parts) => Promise.resolve(begin(parts)),
};

export default fit;
