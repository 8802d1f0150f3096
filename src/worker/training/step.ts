import * as tf from '@tensorflow/tfjs-core';
import { LabError } from '@shared/errors';
import { record } from '../engine';
import type { Pass } from '../engine';
import type { ForwardContext, Model } from '../models/model';
import {
  drawSides,
  firstColumn,
  lambdaAt,
  normTerm,
  stepAlongSign,
  stepPerChannel,
} from './gradient-norm';
import type { NormSettings, NormTerm } from './gradient-norm';
import type { AdversarialSettings } from './at-settings';
import { firstHead, judge } from './judge';
import type { LossDef } from './losses';

export interface StepSettings {
  readonly loss: Pick<LossDef, 'judgesHeads' | 'evaluate'>;
  /** Null for a baseline. */
  readonly norm: NormSettings | null;
  /** Adversarial training, whose batch `adversarialBatch` makes; absent or null: none. */
  readonly adversarial?: AdversarialSettings | null;
  /** Loss and norm term see scale * native + offset: the lab scale, or 1 and 0 for native units. */
  readonly scale: { readonly scale: number; readonly offset: number };
  readonly seed: number;
  /** Names of the parameters whose gradients are wanted; all where absent. */
  readonly trained?: ReadonlySet<string>;
  /** Saves memory by computing activations twice, where the model can; default false. */
  readonly recompute?: boolean;
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

/** A recorded pass and what the loss and the norm term read of it. */
interface Scored {
  readonly pass: Pass<tf.Tensor1D | tf.Tensor2D>;
  /** First column, on the scale of the settings, `[n]`. */
  readonly scores: Float32Array;
  /** d total / d output, per unit of the scores' scale, row-major like the output; summed up term by term. */
  readonly cotangent: Float64Array;
}

/**
 * Loss terms and parameter gradients of one batch, with or without NT; updates no weight.
 *
 * One recorded clean pass serves the loss, the direction of the step and the parameter gradient; a second pass at the
 * stepped input gives the other end of the difference. A model with several heads is trained on all of them, before any
 * line to the ratings; the norm term watches the first.
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
  const { norm, scale, trained } = settings;
  const parameters = [...model.parameters()].filter(([name]) => trained?.has(name) ?? true);
  const leaves = parameters.map(([, variable]) => variable);
  const context: ForwardContext = {
    training: true,
    seed: settings.seed,
    step,
    batchNorm: 'batch',
    recompute: settings.recompute ?? false,
  };
  const passes: Scored[] = [];
  const run = (at: tf.Tensor4D, wanted: tf.Tensor[], how: ForwardContext): Scored => {
    const forward = (): tf.Tensor1D | tf.Tensor2D =>
      model.heads ? model.heads(at, how) : model.forward(at, how);
    const pass = record(forward, wanted);
    const native = pass.output.dataSync<'float32'>();
    const heads = headsOf(pass);
    const scores = firstHead(native, heads, y.length, scale);
    const scored = { pass, scores, cotangent: new Float64Array(native.length) };
    passes.push(scored);
    return scored;
  };
  let stepped: tf.Tensor4D | undefined;
  try {
    const clean = run(x, norm?.sharedPass === true ? [x, ...leaves] : leaves, context);
    const quality = judge(settings, clean.pass.output, y);
    requireFinite('quality loss', quality.value, step);
    addTo(clean, quality.gradient);
    const walked = new Set([clean]);
    let term: NormTerm | null = null;
    if (norm) {
      const training = norm.dropout ?? true;
      const own: ForwardContext = { ...context, training, batchNorm: norm.batchNorm };
      const base = norm.sharedPass ? clean : run(x, [x, ...leaves], own);
      const sides = drawSides(norm.side, { seed: settings.seed, step, n: y.length });
      stepped = stepAlongSign(base.pass, x, norm.h, stepPerChannel(model, norm.space), sides);
      const moved = run(stepped, leaves, own);
      const lambda = lambdaAt(norm, step);
      term = normTerm(base.scores, moved.scores, { ...norm, lambda });
      requireFinite('gradient-norm term', term.value, step);
      addTo(moved, firstColumn(term.gradient, headsOf(moved.pass)));
      addTo(base, firstColumn(term.cleanGradient, headsOf(base.pass)));
      walked.add(moved).add(base);
    }
    const gradients = new Map<string, tf.Tensor | null>();
    for (const { pass, cotangent } of walked) {
      const native = Float32Array.from(cotangent, (value) => value * scale.scale);
      const dy = tf.tensor(native, pass.output.shape);
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
    for (const { pass } of passes) pass.dispose();
  }
}

function headsOf(pass: Pass<tf.Tensor1D | tf.Tensor2D>): number {
  return pass.output.shape[1] ?? 1;
}

function addTo({ cotangent }: Scored, gradient: Float64Array): void {
  gradient.forEach((value, i) => (cotangent[i] = (cotangent[i] ?? 0) + value));
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
