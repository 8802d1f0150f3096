import * as tf from '@tensorflow/tfjs-core';
import { LabError } from '@shared/errors';
import { defaultValues } from '@shared/params';
import type { AttackWeights, HasDispose } from '../attacks/attack';
import { evaluation } from '../attacks/harness/model-scorer';
import { record } from '../engine';
import { readFit } from '../fits/fit-file';
import { models } from '../models';
import type { Tensor } from '../weights/safetensors';
import { Substitute, trunkNames } from './substitute';

/** A model that an attack may look into in place of the one it attacks. */
export interface Surrogate extends HasDispose {
  /**
   * Quality in about [0, 1] and the gradient of each picture's own quality with respect to its pixels.
   * @param x `[n, height, width, 3]` in [0, 1]
   */
  scoreAndGradient(x: tf.Tensor4D): { readonly score: tf.Tensor1D; readonly gradient: tf.Tensor4D };
}

/** What a file of a surrogate may be recognised as: a fitted substitute, or a whole model. */
export const surrogateIds = ['kor-substitute', 'paq2piq'] as const;

/** Builds a surrogate from its file. @throws LabError `bad-input` where the file is not one */
export function openSurrogate(file: AttackWeights): Surrogate {
  const fit = readFit(file.extra, file.tensors);
  if (fit) {
    const trunk = trunkNames.find((name) => name === fit.settings['trunk']);
    if (!trunk) throw notASurrogate();
    const network = new Substitute(trunk, 0);
    network.loadStateDict(fit.tensors);
    return surrogate(
      (x) => network.forward(x, evaluation),
      () => network.dispose(),
    );
  }
  const def = models.find(file.id);
  const model = def.build(defaultValues(def.params), 0);
  const state = new Map<string, Tensor>([...model.stateDict(), ...file.tensors]);
  model.loadStateDict(state);
  const { scale, offset } = def.labScale;
  return surrogate(
    (x) => tf.div(tf.add(tf.mul(model.forward(x, evaluation), scale), offset), 100),
    () => model.dispose(),
  );
}

function surrogate(forward: (x: tf.Tensor4D) => tf.Tensor1D, dispose: () => void): Surrogate {
  return {
    scoreAndGradient(x) {
      // A leaf of its own: the caller's tensor stays the caller's.
      const leaf = x.clone();
      const pass = record(() => forward(leaf), [leaf]);
      const one = tf.onesLike(pass.output);
      const [gradient] = pass.pullback(one, [leaf], { last: true });
      const score = pass.output.clone();
      const found = (gradient as tf.Tensor4D | null | undefined) ?? tf.zerosLike(x);
      pass.dispose();
      tf.dispose([one, leaf]);
      return { score, gradient: found };
    },
    dispose,
  };
}

function notASurrogate(): LabError {
  return new LabError({
    kind: 'bad-input',
    message: 'the substitute was fitted with a trunk that this version does not know',
    safe: 'Nothing was started.',
    next: 'Fit a substitute in this version.',
  });
}
