import * as tf from '@tensorflow/tfjs-core';
import { read } from '@shared/params';
import { random } from '@shared/random';
import type { AttackDef } from './attack';
import { perPicture, withinBall } from './gradient/ball';

/**
 * No attack but its control: noise of the same budget. Whatever an attack achieves beyond it is owed to what it knows of
 * the model. Of several draws each picture keeps the one that moves its score most, which is the crudest search there is.
 */
const attack: AttackDef = {
  id: 'noise',
  version: 1,
  title: 'Random noise',
  citation: 'a control, not an attack',
  summary: 'Noise of equal budget: what an attack must beat to deserve the name.',
  access: 'black-box',
  control: true,
  params: [
    {
      type: 'number',
      id: 'epsilon',
      label: 'Largest change of a pixel (epsilon)',
      help: 'No pixel value moves further than this.',
      level: 'paper',
      default: 0.005,
      min: 0,
      max: 1,
      unit: 'pixel',
    },
    {
      type: 'choice',
      id: 'kind',
      label: 'Kind of noise',
      help: 'Up or down by the whole of epsilon, as sign attacks move pixels, or any value in between.',
      level: 'guided',
      default: 'sign',
      options: [
        { value: 'sign', label: 'Plus or minus epsilon' },
        { value: 'uniform', label: 'Uniform within epsilon' },
      ],
    },
    {
      type: 'integer',
      id: 'draws',
      label: 'Draws',
      help: 'With more than one, each picture keeps the draw that moves its score most. One is the plain control.',
      level: 'guided',
      default: 1,
      min: 1,
      max: 10_000,
    },
  ],
  presets: [
    {
      id: 'uniform',
      title: 'Uniform',
      help: 'Every value within epsilon equally likely.',
      params: { kind: 'uniform' },
    },
  ],
  budget: (params) => ({ norm: 'linf', epsilon: read.number(params, 'epsilon') }),
  async run(x, params, context) {
    const { scorer, clean, seeds } = context;
    const epsilon = read.number(params, 'epsilon');
    const kind = read.string(params, 'kind');
    const draws = read.number(params, 'draws');
    const before = await clean.data();
    const change = new Float32Array(before.length);
    let best: tf.Tensor4D | null = null;
    try {
      for (let draw = 0; draw < draws; draw++) {
        await context.checkpoint();
        const noise = drawn(x, kind, epsilon, seeds, draw);
        const noisy = tf.tidy(() => withinBall(tf.add(x, tf.tensor4d(noise, x.shape)), x, epsilon));
        if (draws === 1) {
          best = noisy;
          break;
        }
        const score = await scorer.score(noisy);
        const after = await score.data();
        const better = Array.from(after, (f, i) => {
          const moved = f - (before[i] ?? 0);
          if (best !== null && Math.abs(moved) <= Math.abs(change[i] ?? 0)) return 0;
          change[i] = moved;
          return 1;
        });
        const kept: tf.Tensor4D = best ?? noisy;
        const next: tf.Tensor4D = tf.tidy(() => {
          const mask = tf.cast(perPicture(better), 'bool');
          return tf.where(tf.broadcastTo(mask, x.shape), noisy, kept);
        });
        tf.dispose([score, noisy, kept]);
        best = next;
      }
    } catch (error) {
      best?.dispose();
      throw error;
    }
    return {
      adversarial: best ?? x.clone(),
      direction: Int8Array.from(change, Math.sign),
      steps: draws,
      zeroGradientShare: new Float32Array(before.length),
    };
  },
};

function drawn(
  x: tf.Tensor4D,
  kind: string,
  epsilon: number,
  seeds: readonly number[],
  draw: number,
): Float32Array {
  const size = x.size / x.shape[0];
  const noise = new Float32Array(x.size);
  seeds.forEach((seed, i) => {
    const stream = random(seed, 'attack/noise', draw);
    if (kind === 'uniform') noise.set(stream.uniforms(size, -epsilon, epsilon), i * size);
    else {
      for (let k = 0; k < size; k++) noise[i * size + k] = stream.integer(2) ? epsilon : -epsilon;
    }
  });
  return noise;
}

export default attack;
