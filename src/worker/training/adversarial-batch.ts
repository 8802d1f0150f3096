import * as tf from '@tensorflow/tfjs-core';
import { random } from '@shared/random';
import { perPicture, withinBall } from '../attacks/gradient/ball';
import { record } from '../engine';
import { ssim, ssimFits } from '../fidelity/ssim';
import type { ForwardContext, Model } from '../models/model';
import type { AdversarialSettings } from './at-settings';
import { judge } from './judge';
import type { StepSettings } from './step';

/** Ratings run from 0 to 100 on the lab scale. */
const range = { low: 0, high: 100 } as const;

export interface RatedViews {
  /** `[n, height, width, 3]` in [0, 1]. */
  readonly x: tf.Tensor4D;
  /** Lab scale, `[n]`. */
  readonly y: Float32Array;
}

/**
 * The batch of a step of adversarial training (Chistyakova et al., 2024): views moved along the sign of the gradient of
 * the training loss,
 *
 *   x' = clip_[0,1]( clip_[x - eps, x + eps]( x_0 + ratio eps sign(grad_x loss(f(x_0), y)) ) ),  x_0 = x or x + U(-eps, eps),
 *
 * rated y' = max(0, y - penalty (1 - SSIM(x, x')) 100) or by another rule, beside or in place of their clean views. What
 * follows, NT included, takes all views of the batch alike. Everything drawn is a function of the seed and the step.
 *
 * @param batch the clean views; stay the caller's
 * @param toLossScale ratings on the lab scale to what the loss sees
 * @returns views the caller disposes
 */
export function adversarialBatch(
  model: Model,
  batch: RatedViews,
  at: AdversarialSettings,
  settings: StepSettings,
  step: number,
  toLossScale: (ratings: Float32Array) => Float32Array,
): RatedViews {
  const { x, y } = batch;
  const attacked = chosenViews(y.length, at.share, settings.seed, step);
  if (attacked.length === 0) return { x: x.clone(), y };
  return tf.tidy(() => {
    const target = toLossScale(y);
    let moved = at.start === 'random' ? randomStart(x, at.epsilon, settings.seed, step) : x;
    for (let k = 0; k < at.steps; k++) {
      const slope = lossGradient(model, moved, target, settings, step);
      const stride = tf.mul(tf.sign(slope), at.ratio * at.epsilon);
      moved = withinBall(tf.add(moved, stride), x, at.epsilon);
    }
    const examples = tf.gather<tf.Tensor4D>(moved, attacked);
    const originals = tf.gather<tf.Tensor4D>(x, attacked);
    const ratings = rated(
      originals,
      examples,
      attacked.map((i) => y[i] ?? 0),
      at,
    );
    if (at.beside) return { x: tf.concat([x, examples]), y: joined(y, ratings) };
    const mask = tf.cast(perPicture(Array.from(y, (_, i) => Number(attacked.includes(i)))), 'bool');
    const own = Float32Array.from(y);
    attacked.forEach((i, k) => (own[i] = ratings[k] ?? 0));
    return { x: tf.where(tf.broadcastTo(mask, x.shape), moved, x), y: own };
  });
}

/** Positions of the views that are attacked in a step, in order. */
function chosenViews(count: number, share: number, seed: number, step: number): number[] {
  const wanted = Math.round(share * count);
  const order = random(seed, 'train/at-views', step).permutation(count);
  return order.slice(0, wanted).sort((a, b) => a - b);
}

function randomStart(x: tf.Tensor4D, epsilon: number, seed: number, step: number): tf.Tensor4D {
  const noise = random(seed, 'train/at-start', step).uniforms(x.size, -epsilon, epsilon);
  return tf.clipByValue(tf.add(x, tf.tensor4d(noise, x.shape)), 0, 1);
}

/** Gradient of the training loss with respect to the views; stored statistics do not move with it. */
function lossGradient(
  model: Model,
  x: tf.Tensor4D,
  y: Float32Array,
  settings: StepSettings,
  step: number,
): tf.Tensor4D {
  const context: ForwardContext = {
    training: true,
    seed: settings.seed,
    step,
    batchNorm: 'batch-frozen',
    recompute: settings.recompute ?? false,
  };
  const forward = (): tf.Tensor1D | tf.Tensor2D =>
    model.heads ? model.heads(x, context) : model.forward(x, context);
  const pass = record(forward, [x]);
  try {
    const { gradient } = judge(settings, pass.output, y);
    const native = Float32Array.from(gradient, (slope) => slope * settings.scale.scale);
    const dy = tf.tensor(native, pass.output.shape);
    const [slope] = pass.pullback(dy, [x], { last: true });
    return (slope as tf.Tensor4D | null) ?? tf.zerosLike(x);
  } finally {
    pass.dispose();
  }
}

/** Ratings of the examples, lab scale. */
function rated(
  originals: tf.Tensor4D,
  examples: tf.Tensor4D,
  y: readonly number[],
  at: AdversarialSettings,
): Float32Array {
  const held = (rating: number): number => Math.min(range.high, Math.max(range.low, rating));
  const span = range.high - range.low;
  switch (at.label) {
    case 'same':
      return Float32Array.from(y);
    case 'minimum':
      return Float32Array.from(y, () => range.low);
    case 'fixed':
      return Float32Array.from(y, (rating) => held(rating - (at.percent / 100) * span));
    case 'ssim': {
      const likeness = similarities(originals, examples);
      return Float32Array.from(y, (rating, i) =>
        held(rating - at.penalty * (1 - (likeness[i] ?? 1)) * span),
      );
    }
  }
}

/** SSIM of every example with its original, at full resolution. */
function similarities(originals: tf.Tensor4D, examples: tf.Tensor4D): number[] {
  const [count, height, width] = originals.shape;
  if (!ssimFits(height, width, 'ssim-full')) {
    throw new Error(
      `adversarialBatch: SSIM needs views of at least 11 x 11, got ${height} x ${width}`,
    );
  }
  const [a, b] = [originals.dataSync<'float32'>(), examples.dataSync<'float32'>()];
  const size = height * width * 3;
  const at = (data: Float32Array, i: number) => ({
    height,
    width,
    data: data.subarray(i * size, (i + 1) * size),
  });
  return Array.from({ length: count }, (_, i) => ssim(at(a, i), at(b, i), 'ssim-full'));
}

function joined(a: Float32Array, b: Float32Array): Float32Array {
  const both = new Float32Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
