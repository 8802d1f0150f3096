import * as tf from '@tensorflow/tfjs-core';
import { random } from '@shared/random';
import { record } from '../engine';
import type { Pass } from '../engine';
import type { ForwardContext, Model } from '../models/model';

/**
 * Gradient-norm regularisation (NT; Liu et al., CVPR 2024, Eqs. 5 to 7).
 *
 *   g = d (sum of the batch's scores) / dx,  s = sign(g) with sign(0) = 0, held constant,
 *   q_i = (f_i(x + h s) - f_i(x)) / h,       |q_i| estimates the l1 norm of g_i,
 *   term = lambda * c * mean_i(q_i^2),       c = 1, or 1/2 as in the released code.
 *
 * Neither score is detached, so the parameters receive
 *   d term / d f_i(x + h s) = 2 lambda c q_i / (h n)  and the negative of it through f_i(x);
 * s being constant, no second-order derivative is needed.
 *
 * Standardised, q_i is divided by the deviation d of the batch's own clean scores, d^2 = mean_i (f_i - mean f)^2: the
 * term is then the same whatever the scale of the output. With T the term, f_i(x) receives -2T (f_i - mean f) / (n d^2)
 * through d as well. Scores that are all equal have no scale to divide by: the term is 0.
 */
export interface NormSettings {
  readonly lambda: number;
  /** Training steps over which lambda grows linearly to its value; 0, the default, for all of it at once. */
  readonly rampSteps?: number;
  /** Step of the finite difference. */
  readonly h: number;
  /** Where h and the norm live: the model's normalised input (as the released code), or pixels in [0, 1]. */
  readonly space: 'normalised' | 'pixel';
  /** The released code's factor 1/2. */
  readonly half: boolean;
  /** Batch normalisation in the regulariser's own passes. */
  readonly batchNorm: ForwardContext['batchNorm'];
  /** Use the loss's clean pass for f(x) too; a pass of its own, as in the released code, when false. */
  readonly sharedPass: boolean;
  /** Step up the gradient, as in the paper, or for each view up or down, drawn. Default `up`. */
  readonly side?: 'up' | 'either';
  /** False where the regulariser's passes leave nothing out at random; absent: the masks of the loss's pass. */
  readonly dropout?: boolean;
  /** Divide by the deviation of the batch's scores; for outputs whose scale means nothing. Default false. */
  readonly standardised?: boolean;
}

export interface NormTerm {
  /** What is added to the loss: lambda * c * mean(q^2). */
  readonly value: number;
  /** Mean of |q|, the estimate of the gradient's l1 norm. */
  readonly estimate: number;
  /** d value / d f(x + h s), `[n]`. */
  readonly gradient: Float64Array;
  /** d value / d f(x), `[n]`. */
  readonly cleanGradient: Float64Array;
}

/** lambda at a step of the training, counted from 0. */
export function lambdaAt(
  { lambda, rampSteps = 0 }: Pick<NormSettings, 'lambda' | 'rampSteps'>,
  step: number,
): number {
  return lambda * Math.min(1, (step + 1) / Math.max(1, rampSteps));
}

/** The regulariser's value and derivatives from the scores at both ends, in double precision. */
export function normTerm(
  clean: Float32Array,
  stepped: Float32Array,
  settings: Pick<NormSettings, 'lambda' | 'h' | 'half' | 'standardised'>,
): NormTerm {
  const { lambda, h, half, standardised = false } = settings;
  const n = clean.length;
  const factor = lambda * (half ? 0.5 : 1);
  const gradient = new Float64Array(n);
  const cleanGradient = new Float64Array(n);
  const spread = standardised ? spreadOf(clean) : { mean: 0, deviation: 1 };
  if (spread.deviation === 0) return { value: 0, estimate: 0, gradient, cleanGradient };
  const unit = h * spread.deviation;
  let squares = 0;
  let absolute = 0;
  for (let i = 0; i < n; i++) {
    const q = ((stepped[i] ?? 0) - (clean[i] ?? 0)) / unit;
    squares += q * q;
    absolute += Math.abs(q);
    gradient[i] = (2 * factor * q) / (unit * n);
    cleanGradient[i] = -(gradient[i] ?? 0);
  }
  const value = (factor * squares) / n;
  if (standardised) {
    const through = (2 * value) / (n * spread.deviation ** 2);
    for (let i = 0; i < n; i++) {
      cleanGradient[i] = (cleanGradient[i] ?? 0) - through * ((clean[i] ?? 0) - spread.mean);
    }
  }
  return { value, estimate: absolute / n, gradient, cleanGradient };
}

/** Mean and population deviation. */
function spreadOf(values: Float32Array): { mean: number; deviation: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: Math.sqrt(squares / values.length) };
}

/** Length of a unit step per channel in pixels: 1, or the model's deviation when stepping in normalised space. */
export function stepPerChannel(model: Model, space: NormSettings['space']): readonly number[] {
  return space === 'pixel' ? [1, 1, 1] : model.normalisation.std;
}

/**
 * Pulls ones back through a recorded pass and steps along the sign of what arrives.
 * @param pass scores `[n]`, or `[n, heads]` of which the first column counts
 * @param sides `[n]`: 1 up the gradient, -1 down; all up when absent
 * @returns x + h * std * side * sign(g), the shape of x; the caller disposes it
 */
export function stepAlongSign(
  pass: Pass<tf.Tensor1D | tf.Tensor2D>,
  x: tf.Tensor4D,
  h: number,
  perChannel: readonly number[],
  sides?: Float64Array,
): tf.Tensor4D {
  return tf.tidy(() => {
    const [n, heads = 1] = pass.output.shape;
    const ones = firstColumn(sides ?? new Float64Array(n).fill(1), heads);
    const [gradient] = pass.pullback(tf.tensor(Float32Array.from(ones), pass.output.shape), [x]);
    // A score that does not depend on the picture has gradient zero: no step.
    if (!gradient) return tf.clone(x);
    const step = tf.tensor1d(perChannel.map((length) => h * length));
    return tf.add(x, tf.mul(tf.sign(gradient), step));
  });
}

/**
 * On which side of each view the norm is measured in one step; undefined where it is up for all.
 * @returns `[n]` of 1 and -1, a function of seed and step
 */
export function drawSides(
  side: NormSettings['side'],
  { seed, step, n }: { readonly seed: number; readonly step: number; readonly n: number },
): Float64Array | undefined {
  if (side !== 'either') return undefined;
  const stream = random(seed, 'nt side', step);
  return Float64Array.from({ length: n }, () => (stream.integer(2) === 0 ? 1 : -1));
}

/** `[n]` as the first column of `[n, heads]`, the rest zero, row-major. */
export function firstColumn(values: Float64Array, heads: number): Float64Array {
  const matrix = new Float64Array(values.length * heads);
  values.forEach((value, i) => (matrix[i * heads] = value));
  return matrix;
}

/**
 * The l1 norm of each view's own score gradient, exactly and by the finite difference NT uses, for measuring a
 * trained model: running batch-norm statistics, no dropout. With `scale` the model's lab scale, the unit is score per
 * unit of the chosen space.
 *
 * @param x `[n, height, width, 3]` in [0, 1]
 */
export function gradientNorms(
  model: Model,
  x: tf.Tensor4D,
  options: { h: number; space: NormSettings['space']; scale?: number },
): { exactL1: Float32Array; estimate: Float32Array } {
  const { h, space, scale = 1 } = options;
  const context: ForwardContext = { training: false, seed: 0, step: 0, batchNorm: 'running' };
  const perChannel = stepPerChannel(model, space);
  const clean = record(() => model.forward(x, context), [x]);
  try {
    const { exact, stepped } = tf.tidy(() => {
      const [gradient] = clean.pullback(tf.onesLike(clean.output), [x], { last: true });
      const slope = gradient ?? tf.zerosLike(x);
      const unit = tf.tensor1d([...perChannel]);
      const moved: tf.Tensor4D = tf.add(x, tf.mul(tf.sign(slope), tf.mul(unit, h)));
      return {
        exact: tf.sum(tf.mul(tf.abs(slope), unit), [1, 2, 3]).dataSync<'float32'>(),
        stepped: model.forward(moved, context).dataSync<'float32'>(),
      };
    });
    const cleanScores = clean.output.dataSync<'float32'>();
    return {
      exactL1: exact.map((value) => value * Math.abs(scale)),
      estimate: stepped.map(
        (value, i) => (Math.abs(value - (cleanScores[i] ?? 0)) / h) * Math.abs(scale),
      ),
    };
  } finally {
    clean.dispose();
  }
}
