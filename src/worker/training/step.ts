import * as tf from '@tensorflow/tfjs-core';
import { LabError } from '@shared/errors';
import { record } from '../engine';
import type { Pass } from '../engine';
import type { ForwardContext, Model } from '../models/model';
import { normTerm, stepAlongSign, stepPerChannel } from './gradient-norm';
import type { NormSettings, NormTerm } from './gradient-norm';
import type { LossDef } from './losses';

export interface StepSettings {
  readonly loss: LossDef;
  /** Null for a baseline. */
  readonly norm: NormSettings | null;
  /** Loss and norm term see scale * native + offset: the lab scale, or 1 and 0 for native units. */
  readonly scale: { readonly scale: number; readonly offset: number };
  readonly seed: number;
}

export interface StepLosses {
  readonly qualityLoss: number;
  /** lambda * c * mean(q^2); 0 for a baseline. */
  readonly normTerm: number;
  readonly total: number;
  /** Mean |q|; null for a baseline. */
  readonly normEstimate: number | null;
}

export interface StepResult extends StepLosses {
  /** d total / d parameter by name, null where a parameter has no path to the loss; the caller disposes them. */
  readonly gradients: Map<string, tf.Tensor | null>;
}

/**
 * Loss terms and parameter gradients of one batch, with or without NT; updates no weight.
 *
 * One recorded clean pass serves the loss, the direction of the step and the parameter gradient; a second pass at the
 * stepped input gives the other end of the difference.
 *
 * @param x views `[n, height, width, 3]` in [0, 1]; @param y ratings `[n]` on the scale of `settings.scale`
 * @param step steps taken so far: with the seed it keys dropout, alike in all passes of the step
 * @throws LabError `non-finite` naming the term, before any gradient is computed from it
 */
export function computeStep(
  model: Model,
  x: tf.Tensor4D,
  y: Float32Array,
  settings: StepSettings,
  step: number,
): StepResult {
  const { norm, scale } = settings;
  const parameters = [...model.parameters()];
  const leaves = parameters.map(([, variable]) => variable);
  const context: ForwardContext = {
    training: true,
    seed: settings.seed,
    step,
    batchNorm: 'batch',
  };
  const passes: Pass<tf.Tensor1D>[] = [];
  const run = (at: tf.Tensor4D, wanted: tf.Tensor[], how: ForwardContext): Pass<tf.Tensor1D> => {
    const pass = record(() => model.forward(at, how), wanted);
    passes.push(pass);
    return pass;
  };
  const scores = (pass: Pass<tf.Tensor1D>): Float32Array =>
    pass.output.dataSync<'float32'>().map((value) => scale.scale * value + scale.offset);
  let stepped: tf.Tensor4D | undefined;
  try {
    const clean = run(x, norm?.sharedPass === true ? [x, ...leaves] : leaves, context);
    const prediction = scores(clean);
    const quality = settings.loss.evaluate(prediction, y);
    requireFinite('quality loss', quality.value, step);
    const cotangents = new Map<Pass<tf.Tensor1D>, Float64Array>([[clean, quality.gradient]]);
    let term: NormTerm | null = null;
    if (norm) {
      const own: ForwardContext = { ...context, batchNorm: norm.batchNorm };
      const base = norm.sharedPass ? clean : run(x, [x, ...leaves], own);
      stepped = stepAlongSign(base, x, norm.h, stepPerChannel(model, norm.space));
      const moved = run(stepped, leaves, own);
      term = normTerm(scores(base), scores(moved), norm);
      requireFinite('gradient-norm term', term.value, step);
      cotangents.set(moved, term.gradient);
      const atBase = cotangents.get(base) ?? new Float64Array(y.length);
      cotangents.set(
        base,
        atBase.map((value, i) => value - (term?.gradient[i] ?? 0)),
      );
    }
    const gradients = new Map<string, tf.Tensor | null>();
    for (const [pass, cotangent] of cotangents) {
      const dy = tf.tensor1d(Float32Array.from(cotangent, (value) => value * scale.scale));
      pass.pullback(dy, leaves, { last: true }).forEach((gradient, i) => {
        accumulate(gradients, parameters[i]?.[0] ?? '', gradient);
      });
      dy.dispose();
    }
    requireFiniteGradients(gradients, step);
    const normValue = term?.value ?? 0;
    return {
      qualityLoss: quality.value,
      normTerm: normValue,
      total: quality.value + normValue,
      normEstimate: term?.estimate ?? null,
      gradients,
    };
  } finally {
    stepped?.dispose();
    for (const pass of passes) pass.dispose();
  }
}

function accumulate(
  sums: Map<string, tf.Tensor | null>,
  name: string,
  gradient: tf.Tensor | null,
): void {
  const present = sums.get(name) ?? null;
  if (!present || !gradient) {
    sums.set(name, present ?? gradient);
    return;
  }
  sums.set(name, tf.add(present, gradient));
  tf.dispose([present, gradient]);
}

/** One number for all gradients: a sum with a NaN or infinity in it is not finite. */
function requireFiniteGradients(gradients: Map<string, tf.Tensor | null>, step: number): void {
  const tensors = [...gradients.values()].filter((gradient) => gradient !== null);
  if (tensors.length === 0) return;
  const sum = tf.tidy(() => tf.addN(tensors.map((tensor) => tf.sum(tf.abs(tensor)))).dataSync()[0]);
  try {
    requireFinite('parameter gradient', sum ?? Number.NaN, step);
  } catch (error) {
    tf.dispose(tensors);
    throw error;
  }
}

function requireFinite(term: string, value: number, step: number): void {
  if (Number.isFinite(value)) return;
  throw new LabError({
    kind: 'non-finite',
    message: `training stopped at step ${step + 1}: the ${term} is ${value}`,
    safe: 'No weight was changed by this step; the last checkpoint is kept.',
    next: 'Lower the learning rate or lambda, then resume from the last checkpoint.',
    details: { term, step: step + 1 },
  });
}
