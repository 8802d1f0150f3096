import * as tf from '@tensorflow/tfjs-core';
import { read } from '@shared/params';
import type { AttackDef } from './attack';
import { perPicture } from './gradient/ball';
import { lossSign } from './gradient/loss-sign';
import { directedLoss, directionParam } from './gradient/params';
import { zeroShare } from './gradient/zero-share';

/** Length of a step back towards the picture where the limit is passed: the value of the MSU code. */
const stepBack = 0.0005;

/**
 * After maximum differentiation (Wang & Simoncelli, 2008): sign steps along the part of the score's gradient g that is
 * orthogonal to that of the root mean square error, d = x_k - x,
 *
 *   x_(k+1) = x_k + alpha s sign(g - (<g, d> / <d, d>) d),  the first step along sign(g),
 *
 * and, where the RMSE passes its limit, small sign steps back. As the MSU benchmark runs it (8 steps of 0.001, limit 10
 * grey levels), eight steps cannot pass that limit.
 */
const attack: AttackDef = {
  id: 'madc',
  version: 1,
  title: 'MADC',
  citation: 'Wang & Simoncelli, J. Vision 2008; as the MSU benchmark runs it, AAAI 2024',
  summary: 'Sign steps that change the score but, to first order, not the mean squared error.',
  access: 'white-box',
  params: [
    {
      type: 'number',
      id: 'stepSize',
      label: 'Step size',
      help: 'How far every pixel moves in one step.',
      level: 'paper',
      default: 0.001,
      min: 0,
      max: 1,
      unit: 'pixel',
    },
    {
      type: 'integer',
      id: 'steps',
      label: 'Steps',
      help: 'Number of gradient steps. No pixel can move further than all of them together.',
      level: 'paper',
      default: 8,
      min: 1,
      max: 1000,
    },
    {
      type: 'number',
      id: 'rmse',
      label: 'Largest root mean square error',
      help: 'Where it is passed, the picture is moved back in small steps.',
      level: 'guided',
      default: 10 / 255,
      min: 0.001,
      max: 1,
      unit: 'pixel',
    },
    directionParam,
  ],
  presets: [
    {
      id: 'msu-madc',
      title: 'MSU benchmark: MADC',
      help: 'As its code does: eight steps of 0.001 that always raise the score; its limit of 10 grey levels is out of reach of eight such steps.',
      params: { stepSize: 0.001, steps: 8, rmse: 10 / 255, loss: 'up' },
    },
  ],
  budget: (params) => ({
    norm: 'linf',
    epsilon: read.number(params, 'stepSize') * read.number(params, 'steps'),
  }),
  startsAtPicture: () => true,
  async run(x, params, context) {
    const { scorer, clean } = context;
    const alpha = read.number(params, 'stepSize');
    const steps = read.number(params, 'steps');
    const limit = read.number(params, 'rmse');
    const loss = directedLoss(params);
    const signs = Array.from(await clean.data(), (f) => lossSign(loss, f, f));
    let zeroGradientShare = new Float32Array(signs.length);
    let current = x.clone();
    try {
      for (let step = 0; step < steps; step++) {
        await context.checkpoint();
        const { score, gradient } = await scorer.scoreAndGradient(current);
        if (step === 0) zeroGradientShare = await zeroShare(gradient, signs);
        const next = tf.tidy(() => {
          const moved = tf.sub(current, x);
          const along = tf.divNoNan(
            tf.sum(tf.mul(gradient, moved), [1, 2, 3], true),
            tf.sum(tf.square(moved), [1, 2, 3], true),
          );
          const free = tf.sign(tf.sub(gradient, tf.mul(moved, along)));
          const taken = tf.mul(free, perPicture(signs.map((sign) => sign * alpha)));
          return within(tf.add(current, taken), x, limit);
        });
        tf.dispose([score, gradient, current]);
        current = next;
      }
    } catch (error) {
      current.dispose();
      throw error;
    }
    return { adversarial: current, direction: Int8Array.from(signs), steps, zeroGradientShare };
  },
};

/** Steps back towards x, per picture, until no RMSE is above the limit; then [0, 1]. */
function within(moved: tf.Tensor, x: tf.Tensor4D, limit: number): tf.Tensor4D {
  let current = moved as tf.Tensor4D;
  for (;;) {
    const far = tf.greater(tf.sqrt(tf.mean(tf.square(tf.sub(current, x)), [1, 2, 3], true)), limit);
    if (!far.dataSync().includes(1)) return tf.clipByValue(current, 0, 1);
    const back = tf.mul(tf.sign(tf.sub(current, x)), tf.cast(far, 'float32'));
    current = tf.clipByValue(tf.sub(current, tf.mul(back, stepBack)), 0, 1);
  }
}

export default attack;
