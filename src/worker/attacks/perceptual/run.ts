import * as tf from '@tensorflow/tfjs-core';
import { random } from '@shared/random';
import type { Comparison } from '../../fidelity/comparison';
import { LargestDifference } from '../../fidelity/largest-difference';
import { perceptualComparison } from '../../fidelity/perceptual';
import { SsimComparison } from '../../fidelity/ssim-comparison';
import type { AttackContext, AttackOutcome } from '../attack';
import { project } from '../harness/project';
import { freshStep, PixelAdam } from './adam';
import { Likeness } from './likeness';
import type { PerceptualSettings } from './params';

/** Width of the squares or the frame that a mask leaves alone. */
const border = 5;

/**
 * The Perceptual Attack (Zhang, Li, Min, Zhai, Guo, Yang & Ma, NeurIPS 2022):
 *
 *   increase (f(x') - f(x))^2 + lambda S(x, x')
 *
 * from x' = x + n, n drawn from {-1/255, 0} per value, since at x itself both terms are flat. Each
 * step takes the gradient, brought to length 1 per picture, through Adam, then clips to [0, 1] (and to
 * the ball, where the largest change is a bound). The last picture is the result.
 *
 * @param x `[n, height, width, 3]` float32 in [0, 1]; not changed
 */
export async function perceptualAttack(
  x: tf.Tensor4D,
  settings: PerceptualSettings,
  context: AttackContext,
): Promise<AttackOutcome> {
  const { steps, epsilon } = settings;
  const clean = await context.clean.data();
  const [height, width] = [x.shape[1], x.shape[2]];
  const mask = maskOf(settings.mask, height, width);
  const adam = settings.freshAdam ? null : new PixelAdam(settings.stepSize);
  const comparison = settings.lambda > 0 ? comparisonOf(settings, context) : null;
  let likeness: Likeness | null = null;
  let current = noisyStart(x, epsilon, context.seeds);
  let changes: number[] = [];
  let zeroGradientShare = new Float32Array(x.shape[0]);
  try {
    likeness = comparison && new Likeness(comparison, x);
    for (let step = 0; step < steps; step++) {
      await context.checkpoint();
      const { score, gradient } = await context.scorer.scoreAndGradient(current);
      changes = Array.from(await score.data(), (f, i) => f - (clean[i] ?? 0));
      if (step === 0) zeroGradientShare = await zeroShare(gradient);
      const { values, factors } = scoreTerm(changes, settings, context.labScale.scale);
      const held = likeness?.at(current) ?? null;
      if (context.tellLoss) {
        const distance = await held?.distance.data();
        const { lambda } = settings;
        context.tellLoss(values.map((value, i) => value + lambda * (1 - (distance?.[i] ?? 1))));
      }
      const next = tf.tidy(() => {
        const uphill = objectiveGradient(gradient, factors, held?.gradient, settings.lambda);
        const unit = unitLength(uphill);
        const kept: tf.Tensor4D = mask ? tf.mul(unit, mask) : unit;
        const move = adam ? adam.step(kept) : freshStep(kept, settings.stepSize);
        return project(tf.add(current, move), x, epsilon);
      });
      tf.dispose([score, gradient, current, ...(held ? [held.distance, held.gradient] : [])]);
      current = next;
    }
  } catch (error) {
    current.dispose();
    throw error;
  } finally {
    likeness?.dispose();
    adam?.dispose();
    mask?.dispose();
  }
  const direction = Int8Array.from(changes, Math.sign);
  return { adversarial: current, direction, steps, zeroGradientShare };
}

/** What is kept alike, built once per batch. */
function comparisonOf(settings: PerceptualSettings, context: AttackContext): Comparison {
  const { constraint, ssimVariant } = settings;
  return context.once(constraint, () => {
    if (constraint === 'ssim') return new SsimComparison(ssimVariant);
    if (constraint === 'linf') return new LargestDifference();
    return perceptualComparison(constraint, (entry) => context.weights(entry).tensors);
  });
}

/** x + n with n in {-1/255, 0}, equal chances, in [0, 1] and in the ball; from each picture's seed. */
function noisyStart(x: tf.Tensor4D, epsilon: number | null, seeds: readonly number[]): tf.Tensor4D {
  const size = x.size / x.shape[0];
  const noise = new Float32Array(x.size);
  seeds.forEach((seed, i) => {
    const stream = random(seed, 'attack/perceptual/start');
    for (let j = 0; j < size; j++) noise[i * size + j] = stream.integer(2) === 0 ? 0 : -1 / 255;
  });
  return tf.tidy(() => project(tf.add(x, tf.tensor4d(noise, x.shape)), x, epsilon));
}

/**
 * The term of the score, ((f - f0) / unit)^2 or (f - f0) / 100, and the factor with which the gradient
 * of each lab score enters that of the term.
 * @param changes f - f0 on the lab scale
 * @param labScale lab units in one unit of the model's own
 */
function scoreTerm(
  changes: readonly number[],
  { raise, native }: PerceptualSettings,
  labScale: number,
): { values: number[]; factors: number[] } {
  if (raise) {
    return { values: changes.map((change) => change / 100), factors: changes.map(() => 1 / 100) };
  }
  const unit = native ? labScale : 1;
  return {
    values: changes.map((change) => (change / unit) ** 2),
    factors: changes.map((change) => (2 * change) / unit ** 2),
  };
}

function objectiveGradient(
  gradient: tf.Tensor4D,
  factors: readonly number[],
  ofDistance: tf.Tensor4D | undefined,
  lambda: number,
): tf.Tensor4D {
  const perPicture = tf.tensor4d([...factors], [factors.length, 1, 1, 1]);
  const ofScore: tf.Tensor4D = tf.mul(gradient, perPicture);
  return ofDistance ? tf.sub(ofScore, tf.mul(ofDistance, lambda)) : ofScore;
}

/** g / ||g + 1e-12|| per picture, entries that are no numbers counting as 0. */
function unitLength(gradient: tf.Tensor4D): tf.Tensor4D {
  const finite = tf.where(tf.isFinite(gradient), gradient, tf.zerosLike(gradient));
  // Divided by the largest entry first: squares of lambda times a gradient can leave float32.
  const largest = tf.maximum(tf.max(tf.abs(finite), [1, 2, 3], true), 1e-30);
  const scaled = tf.div(finite, largest);
  const shifted = tf.add(scaled, tf.div(1e-12, largest));
  const length = tf.sqrt(tf.sum(tf.square(shifted), [1, 2, 3], true));
  return tf.div(scaled, length);
}

/** 0 where pixels stay, 1 elsewhere, `[1, height, width, 1]`; null without a mask. */
function maskOf(
  kind: PerceptualSettings['mask'],
  height: number,
  width: number,
): tf.Tensor4D | null {
  if (kind === 'none') return null;
  const values = new Float32Array(height * width);
  for (let i = 0, k = 0; i < height; i++) {
    for (let j = 0; j < width; j++, k++) {
      const near = [i < border, j < border];
      const far = [i >= height - border, j >= width - border];
      const stays =
        kind === 'frame'
          ? [...near, ...far].includes(true)
          : !near.includes(false) || !far.includes(false);
      values[k] = stays ? 0 : 1;
    }
  }
  return tf.tensor4d(values, [1, height, width, 1]);
}

/** Share of exactly zero entries, per picture. */
async function zeroShare(gradient: tf.Tensor4D): Promise<Float32Array<ArrayBuffer>> {
  const means = tf.tidy(() => tf.mean(tf.cast(tf.equal(gradient, 0), 'float32'), [1, 2, 3]));
  const shares = Float32Array.from(await means.data());
  means.dispose();
  return shares;
}
