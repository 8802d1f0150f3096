import * as tf from '@tensorflow/tfjs-core';
import { read } from '@shared/params';
import type { AttackDef } from './attack';
import { perPicture, withinBall } from './gradient/ball';
import { signParams } from './gradient/params';
import { zeroShare } from './gradient/zero-share';

const own = new Set(['epsilon', 'stepSize']);

/**
 * The second step of SMA (Liu et al., arXiv 2404.13277): sign steps that bring each score to a target t by descending
 * (f - t)^2. Its first step, which finds targets that reorder a whole set, is not part of this: t is one number, or the
 * mirror image of the clean score.
 */
const attack: AttackDef = {
  id: 'targeted',
  version: 1,
  title: 'Targeted I-FGSM',
  citation: 'the second step of SMA, Liu et al., arXiv 2404.13277',
  summary: 'Brings every score as close as it can to one that you choose.',
  access: 'white-box',
  params: [
    ...signParams({ epsilon: 0.005, stepSize: 0.001 }).filter(({ id }) => own.has(id)),
    {
      type: 'integer',
      id: 'steps',
      label: 'Steps',
      help: 'Number of gradient steps; the closest score met on the way counts.',
      level: 'paper',
      default: 10,
      min: 1,
      max: 1000,
    },
    {
      type: 'choice',
      id: 'aim',
      label: 'Target',
      help: 'Mirrored, a score of 30 is driven to 70: the order of a whole set is turned round.',
      level: 'guided',
      default: 'mirror',
      options: [
        { value: 'mirror', label: '100 less the clean score' },
        { value: 'value', label: 'One score for all' },
      ],
    },
    {
      type: 'number',
      id: 'target',
      label: 'Target score',
      help: 'On the scale from 0 to 100.',
      level: 'guided',
      default: 50,
      min: 0,
      max: 100,
      when: { id: 'aim', is: ['value'] },
    },
  ],
  presets: [],
  budget: (params) => ({ norm: 'linf', epsilon: read.number(params, 'epsilon') }),
  startsAtPicture: () => true,
  async run(x, params, context) {
    const { scorer, clean } = context;
    const epsilon = read.number(params, 'epsilon');
    const stepSize = read.number(params, 'stepSize');
    const steps = read.number(params, 'steps');
    const mirrored = read.string(params, 'aim') === 'mirror';
    const targets = Array.from(await clean.data(), (f) =>
      mirrored ? 100 - f : read.number(params, 'target'),
    );
    const towards = (scores: ArrayLike<number>): number[] =>
      targets.map((t, i) => Math.sign(t - (scores[i] ?? t)));
    const distance = Array.from(await clean.data(), (f, i) => Math.abs((targets[i] ?? f) - f));
    const direction = Int8Array.from(towards(await clean.data()));
    let zeroGradientShare = new Float32Array(targets.length);
    let current = x.clone();
    let best = x.clone();
    const keep = (scores: ArrayLike<number>): void => {
      const closer = targets.map((t, i) => {
        const far = Math.abs(t - (scores[i] ?? Infinity));
        if (far >= (distance[i] ?? 0)) return 0;
        distance[i] = far;
        return 1;
      });
      const next = tf.tidy(() =>
        tf.where(tf.broadcastTo(tf.cast(perPicture(closer), 'bool'), x.shape), current, best),
      );
      best.dispose();
      best = next;
    };
    try {
      for (let step = 0; step < steps; step++) {
        await context.checkpoint();
        const { score, gradient } = await scorer.scoreAndGradient(current);
        const scores = await score.data();
        const signs = towards(scores);
        if (step === 0) zeroGradientShare = await zeroShare(gradient, signs);
        else keep(scores);
        const next = tf.tidy(() => {
          const taken = tf.mul(tf.sign(gradient), perPicture(signs.map((s) => s * stepSize)));
          return withinBall(tf.add(current, taken), x, epsilon);
        });
        tf.dispose([score, gradient, current]);
        current = next;
      }
      const last = await scorer.score(current);
      keep(await last.data());
      last.dispose();
    } catch (error) {
      best.dispose();
      throw error;
    } finally {
      current.dispose();
    }
    return { adversarial: best, direction, steps, zeroGradientShare };
  },
};

export default attack;
