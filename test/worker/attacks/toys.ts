import { createRequire } from 'node:module';
import * as tf from '@tensorflow/tfjs-core';
import { random } from '../../../src/shared/random';
import type { AttackContext } from '../../../src/worker/attacks/attack';
import { AttackBatch } from '../../../src/worker/attacks/harness/attack-batch';
import { ModelScorer } from '../../../src/worker/attacks/harness/model-scorer';
import type { Target } from '../../../src/worker/attacks/harness/pieces';
import { registerBiasAdd } from '../../../src/worker/engine/kernels/bias-add';
import type { Model } from '../../../src/worker/models/model';

/** Plain-JavaScript back end: the same bits everywhere, nothing to install. */
export async function useCpuBackend(): Promise<void> {
  // The union package registers gradients, and shares its tfjs-core with the import above.
  createRequire(import.meta.url)('@tensorflow/tfjs');
  tf.env().set('IS_TEST', true); // Silences its advice to install a native back end.
  await tf.setBackend('cpu');
  registerPlainBiasAdd();
}

let registered = false;

/** The lab's sum with a bias has kernels for the engines it ships; here a plain one does. */
function registerPlainBiasAdd(): void {
  if (registered) return;
  registered = true;
  registerBiasAdd();
  const backendName = 'cpu';
  tf.registerKernel({
    kernelName: 'BiasAdd',
    backendName,
    kernelFunc: ({ inputs }) => tf.add(inputs['x'] as tf.Tensor, inputs['bias'] as tf.Tensor),
  });
  tf.registerKernel({
    kernelName: 'BiasAddGrad',
    backendName,
    kernelFunc: ({ inputs }) => {
      const dy = inputs['dy'] as tf.Tensor;
      return tf.sum(
        dy,
        Array.from({ length: dy.rank - 1 }, (_, axis) => axis),
      );
    },
  });
}

export const identityScale = { scale: 1, offset: 0 };

/** A model that is only a forward function of views; it has no state to speak of. */
export function toyModel(forward: (x: tf.Tensor4D) => tf.Tensor1D): Model {
  return {
    normalisation: { mean: [0, 0, 0], std: [1, 1, 1] },
    forward,
    parameters: () => new Map(),
    stateDict: () => new Map(),
    loadStateDict: () => undefined,
    dispose: () => undefined,
  };
}

/** f(x) = w . x + offset. */
export function linearModel(weights: Float32Array, offset = 0): Model {
  const w = tf.tensor2d(weights, [weights.length, 1]);
  return toyModel((x) => {
    const flat = tf.reshape(x, [x.shape[0], weights.length]);
    return tf.add(tf.reshape(tf.matMul(flat, w), [x.shape[0]]), offset);
  });
}

/** A curved score between 0 and 100: 100 sigmoid(v . tanh(W x)), seeded. */
export function curvedModel(size: number, seed = 1): Model {
  const stream = random(seed, 'toy');
  const hidden = tf.tensor2d(stream.normals(size * 16, 0, 2 / Math.sqrt(size)), [size, 16]);
  const out = tf.tensor2d(stream.normals(16, 0, 0.5), [16, 1]);
  return toyModel((x) => {
    const flat = tf.reshape(tf.sub(x, 0.5), [x.shape[0], size]);
    const score = tf.matMul(tf.tanh(tf.matMul(flat, hidden)), out);
    return tf.mul(tf.sigmoid(tf.reshape(score, [x.shape[0]])), 100);
  });
}

export function scorerOf(model: Model, rows = 64): ModelScorer {
  return new ModelScorer(model, identityScale, rows);
}

/** A seeded picture with 8-bit values in [low, high] and `views` crops of 8 x 8. */
export function target(imageId = 1, views = 3, low = 0, high = 255): Target {
  const [height, width] = [14, 12];
  const stream = random(imageId, 'picture');
  const data = Uint8Array.from(
    { length: height * width * 3 },
    () => low + stream.integer(high - low + 1),
  );
  const crops = Array.from({ length: views }, () => ({
    top: stream.integer(7),
    left: stream.integer(5),
    height: 8,
    width: 8,
    flip: false,
  }));
  return { imageId, picture: { height, width, data }, views: crops, index: imageId };
}

export const viewSize = 8 * 8 * 3;

export async function nothing(): Promise<void> {
  await Promise.resolve();
}

/** The context of an attack that is called without the harness. */
export function contextOf(
  pieces: Pick<AttackContext, 'scorer' | 'clean' | 'seeds'>,
  batch = new AttackBatch(),
): AttackContext {
  const places = pieces.seeds.map(() => ({ top: 0, left: 0 }));
  return batch.context({ ...pieces, places, checkpoint: nothing });
}
