import * as tf from '@tensorflow/tfjs-core';
import type { AttackContext, AttackOutcome } from '../attack';
import { perPicture, withinBall } from './ball';
import { lossSign } from './loss-sign';
import type { DirectedLoss } from './params';
import { uniformStart } from './start';
import { StepSizes } from './step-sizes';
import { zeroShare } from './zero-share';

export interface AutoPgdSettings {
  /** [0, 1] pixel units. */
  readonly epsilon: number;
  readonly steps: number;
  readonly restarts: number;
  /** `both` climbs and descends, and keeps the larger change. */
  readonly loss: DirectedLoss | 'both';
  /** The first start is the picture itself. */
  readonly fromPicture: boolean;
  /** Multiple of epsilon. */
  readonly firstStep: number;
}

/** Weight of the new step against the one before (Croce & Hein, 2020, alpha), from the second step on. */
const momentumWeight = 0.75;

/**
 * Auto-PGD (Croce & Hein, ICML 2020, Algorithm 1) for a scalar score: every picture climbs its own loss s f(x),
 * s = +1 or -1 fixed by its clean score,
 *
 *   z = P(x_k + eta s sign(grad f(x_k))),  x_(k+1) = P(x_k + a (z - x_k) + (1 - a) (x_k - x_(k-1))),
 *
 * P the ball and [0, 1], a = 1 at the first step and 0.75 after. `StepSizes` says when eta is halved; the search then
 * goes on from the best point. The largest change found is returned, not the last iterate.
 *
 * @param x `[n, height, width, 3]` float32 in [0, 1]; not changed
 */
export async function autoPgd(
  x: tf.Tensor4D,
  settings: AutoPgdSettings,
  context: AttackContext,
): Promise<AttackOutcome> {
  const clean = Array.from(await context.clean.data());
  const losses: readonly DirectedLoss[] =
    settings.loss === 'both' ? ['up', 'down'] : [settings.loss];
  // Whoever finds nothing better leaves the picture as it is.
  const best = {
    pictures: x.clone(),
    change: clean.map(() => 0),
    direction: Int8Array.from(clean, (score) => lossSign(losses[0] ?? 'mid', score, score)),
  };
  let zeros: Float32Array | null = null;
  let steps = 0;
  try {
    for (let restart = 0; restart < settings.restarts; restart++) {
      for (const loss of losses) {
        const signs = clean.map((score) => lossSign(loss, score, score));
        const climb = await climbOnce(x, signs, restart, settings, context);
        zeros ??= climb.zeroGradientShare;
        steps += settings.steps;
        const change = climb.loss.map((value, i) => value - (signs[i] ?? 0) * (clean[i] ?? 0));
        const better = change.map((value, i) => value > (best.change[i] ?? 0));
        const pictures = chosen(better, climb.pictures, best.pictures);
        tf.dispose([climb.pictures, best.pictures]);
        best.pictures = pictures;
        better.forEach((wins, i) => {
          if (!wins) return;
          best.change[i] = change[i] ?? 0;
          best.direction[i] = signs[i] ?? 0;
        });
      }
    }
  } catch (error) {
    best.pictures.dispose();
    throw error;
  }
  return {
    adversarial: best.pictures,
    direction: best.direction,
    steps,
    zeroGradientShare: zeros ?? new Float32Array(clean.length),
  };
}

interface Climb {
  readonly pictures: tf.Tensor4D;
  /** s f of the best point, per picture. */
  readonly loss: readonly number[];
  readonly zeroGradientShare: Float32Array;
}

/** One start: the best point of every picture after all steps. The caller disposes it. */
async function climbOnce(
  x: tf.Tensor4D,
  signs: readonly (-1 | 0 | 1)[],
  restart: number,
  { epsilon, steps, fromPicture, firstStep }: AutoPgdSettings,
  context: AttackContext,
): Promise<Climb> {
  const { scorer, seeds } = context;
  const at = async (pictures: tf.Tensor4D) => {
    const { score, gradient } = await scorer.scoreAndGradient(pictures);
    const loss = Array.from(await score.data(), (f, i) => (signs[i] ?? 0) * f);
    score.dispose();
    return { loss, gradient };
  };
  let current = fromPicture && restart === 0 ? x.clone() : uniformStart(x, epsilon, seeds, restart);
  let previous = current.clone();
  let best = current.clone();
  let gradient = tf.zerosLike(x);
  let bestGradient = tf.zerosLike(x);
  try {
    await context.checkpoint();
    const first = await at(current);
    tf.dispose([gradient, bestGradient]);
    gradient = first.gradient;
    bestGradient = gradient.clone();
    const zeroGradientShare = await zeroShare(gradient, signs);
    const sizes = new StepSizes(first.loss, firstStep * epsilon, steps);
    for (let step = 0; step < steps; step++) {
      await context.checkpoint();
      const weight = step === 0 ? 1 : momentumWeight;
      const next = tf.tidy(() => {
        const eta = perPicture(sizes.sizes.map((size, i) => size * (signs[i] ?? 0)));
        const z = withinBall(tf.add(current, tf.mul(tf.sign(gradient), eta)), x, epsilon);
        const mixed = tf.add(
          tf.mul(tf.sub(z, current), weight),
          tf.mul(tf.sub(current, previous), 1 - weight),
        );
        return withinBall(tf.add(current, mixed), x, epsilon);
      });
      tf.dispose([previous, gradient]);
      previous = current;
      current = next;
      const reached = await at(current);
      gradient = reached.gradient;
      const { improved, returned } = sizes.add(reached.loss);
      [best, bestGradient] = [
        replaced(improved, current, best),
        replaced(improved, gradient, bestGradient),
      ];
      if (returned.includes(true)) {
        const back = chosen(returned, best, current);
        const slope = chosen(returned, bestGradient, gradient);
        tf.dispose([current, gradient]);
        [current, gradient] = [back, slope];
      }
    }
    const result = { pictures: best.clone(), loss: [...sizes.best], zeroGradientShare };
    return result;
  } finally {
    tf.dispose([current, previous, best, gradient, bestGradient]);
  }
}

/** Per picture `a` where asked, else `b`. */
function chosen(takeFirst: readonly boolean[], a: tf.Tensor4D, b: tf.Tensor4D): tf.Tensor4D {
  if (!takeFirst.includes(true)) return b.clone();
  return tf.tidy(() => {
    const mask = tf.cast(perPicture(takeFirst.map(Number)), 'bool');
    return tf.where(tf.broadcastTo(mask, a.shape), a, b);
  });
}

/** As `chosen`, giving `b` back. */
function replaced(takeFirst: readonly boolean[], a: tf.Tensor4D, b: tf.Tensor4D): tf.Tensor4D {
  const result = chosen(takeFirst, a, b);
  b.dispose();
  return result;
}
