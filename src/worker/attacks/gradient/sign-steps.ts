import * as tf from '@tensorflow/tfjs-core';
import { random } from '@shared/random';
import type { AttackContext, AttackOutcome } from '../attack';
import { losses, lossSign } from './loss-sign';
import type { SignSettings } from './params';

/**
 * FGSM and I-FGSM (Goodfellow et al., 2015; Kurakin et al., 2017) on a score, PAPER Eq. S18-S20:
 *
 *   x_k = clip_[0,1]( clip_[x - eps, x + eps]( x_(k-1) + alpha sign(grad_x L(f(x_(k-1)), f(x))) ) )
 *
 * The order matters and is the paper's: step, epsilon box, pixel range. sign(0) = 0, so a dead
 * gradient moves nothing.
 *
 * @param x `[n, height, width, 3]` float32 in [0, 1]; not changed
 * @param settings epsilon and stepSize in [0, 1] pixel units
 * @param steps number of gradient steps, at least 1
 */
export async function signSteps(
  x: tf.Tensor4D,
  settings: SignSettings,
  steps: number,
  context: AttackContext,
): Promise<AttackOutcome> {
  const count = x.shape[0];
  const clean = await context.clean.data();
  const direction = new Int8Array(count);
  let zeroGradientShare = new Float32Array(count);
  let current = settings.randomStart ? randomStart(x, settings.epsilon, context.seeds) : x.clone();
  try {
    for (let step = 0; step < steps; step++) {
      await context.checkpoint();
      const { score, gradient } = await context.scorer.scoreAndGradient(current);
      const signs = Array.from(await score.data(), (f, i) =>
        lossSign(settings.loss, f, clean[i] ?? 0),
      );
      signs.forEach((sign, i) => (direction[i] ||= sign));
      context.tellLoss?.(losses(settings.loss, await score.data(), clean, direction));
      if (step === 0) zeroGradientShare = await zeroShare(gradient, signs);
      const next = takeStep(x, current, gradient, signs, settings);
      tf.dispose([score, gradient, current]);
      current = next;
    }
  } catch (error) {
    current.dispose();
    throw error;
  }
  return { adversarial: current, direction, steps, zeroGradientShare };
}

/** x + u, u uniform in [-eps, eps] per value, clipped to [0, 1]; a function of each picture's seed. */
function randomStart(x: tf.Tensor4D, epsilon: number, seeds: readonly number[]): tf.Tensor4D {
  const size = x.size / x.shape[0];
  const noise = new Float32Array(x.size);
  seeds.forEach((seed, i) => {
    noise.set(random(seed, 'attack/start').uniforms(size, -epsilon, epsilon), i * size);
  });
  return tf.tidy(() => tf.clipByValue(tf.add(x, tf.tensor4d(noise, x.shape)), 0, 1));
}

function takeStep(
  x: tf.Tensor4D,
  current: tf.Tensor4D,
  gradient: tf.Tensor4D,
  signs: readonly number[],
  { epsilon, stepSize }: SignSettings,
): tf.Tensor4D {
  return tf.tidy(() => {
    const perPicture = tf.tensor4d(
      signs.map((sign) => sign * stepSize),
      [signs.length, 1, 1, 1],
    );
    const moved = tf.add(current, tf.mul(tf.sign(gradient), perPicture));
    const boxed: tf.Tensor4D = tf.minimum(
      tf.maximum(moved, tf.sub(x, epsilon)),
      tf.add(x, epsilon),
    );
    return tf.clipByValue(boxed, 0, 1);
  });
}

/** Share of exactly zero entries of the loss gradient, per picture. */
async function zeroShare(
  gradient: tf.Tensor4D,
  signs: readonly number[],
): Promise<Float32Array<ArrayBuffer>> {
  const means = tf.tidy(() => tf.mean(tf.cast(tf.equal(gradient, 0), 'float32'), [1, 2, 3]));
  const shares = await means.data();
  means.dispose();
  return Float32Array.from(signs, (sign, i) => (sign === 0 ? 1 : (shares[i] ?? 0)));
}
