import * as tf from '@tensorflow/tfjs-core';
import type { AttackContext, AttackOutcome } from '../attack';
import { perPicture, withinBall } from './ball';
import { losses, lossSign } from './loss-sign';
import type { Momentum, SignSettings } from './params';
import { uniformStart } from './start';
import { zeroShare } from './zero-share';

/**
 * FGSM and I-FGSM (Goodfellow et al., 2015; Kurakin et al., 2017) on a score, PAPER Eq. S18-S20:
 *
 *   x_k = clip_[0,1]( clip_[x - eps, x + eps]( x_(k-1) + alpha sign(grad_x L(f(x_(k-1)), f(x))) ) )
 *
 * The order matters and is the paper's: step, epsilon box, pixel range. sign(0) = 0, so a dead
 * gradient moves nothing.
 *
 * With momentum (MI-FGSM; Dong et al., CVPR 2018) the sign is taken of
 *   v_k = mu v_(k-1) + g_k, where g_k is the loss's gradient, divided by its l1 norm in their formula and
 * as it is in the MSU benchmark's code; it is then taken per picture.
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
  let velocity: tf.Tensor4D | null = null;
  let current = settings.randomStart ? uniformStart(x, settings.epsilon, context.seeds) : x.clone();
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
      const { momentum } = settings;
      if (momentum) {
        const faster = accelerate(velocity, gradient, signs, momentum);
        velocity?.dispose();
        velocity = faster;
      }
      const next = velocity
        ? takeStep(x, current, velocity, signs.map(Math.abs), settings)
        : takeStep(x, current, gradient, signs, settings);
      tf.dispose([score, gradient, current]);
      current = next;
    }
  } catch (error) {
    current.dispose();
    throw error;
  } finally {
    velocity?.dispose();
  }
  return { adversarial: current, direction, steps, zeroGradientShare };
}

/** v = mu v + (loss gradient), the gradient being brought to length 1 (l1) first where asked. */
function accelerate(
  velocity: tf.Tensor4D | null,
  gradient: tf.Tensor4D,
  signs: readonly number[],
  { decay, normalised }: Momentum,
): tf.Tensor4D {
  return tf.tidy(() => {
    const ascent = tf.mul(gradient, perPicture(signs));
    const length = tf.sum(tf.abs(ascent), [1, 2, 3], true);
    // A gradient that is zero everywhere has no direction to keep.
    const unit = normalised ? tf.divNoNan(ascent, length) : ascent;
    return (velocity ? tf.add(tf.mul(velocity, decay), unit) : unit.clone()) as tf.Tensor4D;
  });
}

function takeStep(
  x: tf.Tensor4D,
  current: tf.Tensor4D,
  ascent: tf.Tensor4D,
  signs: readonly number[],
  { epsilon, stepSize }: SignSettings,
): tf.Tensor4D {
  return tf.tidy(() => {
    const steps = perPicture(signs.map((sign) => sign * stepSize));
    return withinBall(tf.add(current, tf.mul(tf.sign(ascent), steps)), x, epsilon);
  });
}
