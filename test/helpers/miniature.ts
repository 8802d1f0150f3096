import * as tf from '@tensorflow/tfjs-core';
import { defaultValues } from '@shared/params';
import type { ParamValues } from '@shared/params';
import type { ForwardContext, Model, ModelDef } from '../../src/worker/models';
import { computeStep } from '../../src/worker/training';
import type { NormSettings } from '../../src/worker/training';
import { losses } from '../../src/worker/training/losses';
import { optimizers } from '../../src/worker/training/optimizers';
import { viewShapes } from '../../src/worker/data/views';
import { trainerSpecsOf } from '../../src/worker/trainer-specs';
import { uniforms } from './tensors';

export const evaluation: ForwardContext = {
  training: false,
  seed: 0,
  step: 0,
  batchNorm: 'running',
};
export const norm: NormSettings = {
  lambda: 1e-4,
  h: 0.01,
  space: 'normalised',
  half: true,
  batchNorm: 'batch-frozen',
  sharedPass: true,
};

/** The settings every test builds: a network small enough for a test, of the published structure. */
export function small(def: ModelDef): ParamValues {
  return { ...defaultValues(def.params), ...def.miniature };
}

export function buildSmall(def: ModelDef, seed = 1): Model {
  return def.build(small(def), seed);
}

/**
 * Smooth random pictures of the size the model scores: blobs, so that neighbouring pixels are alike. A model of whole
 * pictures takes any size, so it gets a small one.
 */
export function pictures(def: ModelDef, count: number, seed = 1): tf.Tensor4D {
  const trainer = defaultValues(trainerSpecsOf(def), def.recipe.trainer);
  const { train } = viewShapes(def.views(small(def), trainer));
  const [height, width] = train.kind === 'crop' ? [train.height, train.width] : [64, 64];
  return tf.tidy(() => {
    const coarse = uniforms<tf.Rank.R4>([count, 8, 8, 3], seed);
    const fine = uniforms<tf.Rank.R4>([count, height, width, 3], seed + 1);
    const smooth = tf.image.resizeBilinear(coarse, [height, width]);
    return tf.clipByValue(tf.add(tf.mul(smooth, 0.8), tf.mul(fine, 0.2)), 0, 1);
  });
}

/** Small enough for the first, coherent steps of Adam on wide layers not to overshoot. */
const RATE = 1e-4;

/** A few full-batch steps; returns the total loss before each. */
export function trainBriefly(def: ModelDef, model: Model, nt: NormSettings | null): number[] {
  const optimizer = optimizers
    .find('adam')
    .build([{ parameters: model.parameters(), learningRate: RATE, weightDecay: 0 }], {});
  const x = pictures(def, 8);
  const y = Float32Array.of(10, 20, 30, 40, 50, 60, 70, 80);
  const settings = { loss: losses.find('mse'), norm: nt, scale: def.labScale, seed: 1 };
  const totals = Array.from({ length: 6 }, (_, step) => {
    const { gradients, total } = computeStep(model, x, y, settings, step);
    optimizer.step(gradients, 1);
    tf.dispose([...gradients.values()].filter((gradient) => gradient !== null));
    return total;
  });
  x.dispose();
  optimizer.dispose();
  return totals;
}
