import * as tf from '@tensorflow/tfjs-core';
import type { AttackOutcome } from '../attack';
import { activityMap, type ActivityKind } from './activity-map';

const BETA_1 = 0.9;
const BETA_2 = 0.999;
/** 1e-8 where pixels are 0 to 255: pixels in [0, 1] have gradients 255 times as large. */
const EPSILON = 255e-8;

export interface MaskedAdam {
  /** Step in [0, 1] pixel units. */
  readonly learningRate: number;
  readonly map: ActivityKind;
  /** Whether the map weighs the gradient (as released) or the step that Adam makes of it. */
  readonly masks: 'gradient' | 'update';
  /** Steps that are always taken, and the most that are. */
  readonly least: number;
  readonly most: number;
  /** Brings every iterate into [0, 1], not only the last. */
  readonly clipsEachStep: boolean;
  /** Returns the last iterate and not the best. */
  readonly keepsLast: boolean;
}

/** Qualities in [0, 1] and their gradients; raised by the attack. */
export type Quality = (
  x: tf.Tensor4D,
) => Promise<{ readonly score: tf.Tensor1D; readonly gradient: tf.Tensor4D }>;

/**
 * The attack of Korhonen and You (QoEVMA 2022): Adam on the pixels, on the loss 1 - quality, weighed by how busy the
 * picture is. A step is counted as progress where the loss before it was the lowest so far; its result is kept. Steps
 * are taken while fewer than `least` are made, and up to `most` while fewer than two in a row made no progress. Each
 * picture follows its own count.
 *
 * MATLAB's Adam: x -= rate sqrt(1 - b2^t) / (1 - b1^t) m / (sqrt(v) + eps). In [0, 1] with rate / 255 and 255 eps it
 * makes the same steps as on 0 to 255.
 *
 * @param x `[n, height, width, 3]` in [0, 1]; not changed
 */
export async function maskedAdam(
  x: tf.Tensor4D,
  settings: MaskedAdam,
  quality: Quality,
  checkpoint: () => Promise<void>,
): Promise<AttackOutcome> {
  const [count, height, width] = x.shape;
  const mask = await maskOf(x, settings.map);
  const best = new Float32Array(count).fill(Infinity);
  const unimproved = new Int32Array(count);
  const running = new Array<boolean>(count).fill(true);
  let zeroGradientShare = new Float32Array(count);
  let held: tf.Tensor[] = [x.clone(), x.clone(), tf.zerosLike(x), tf.zerosLike(x)];
  let steps = 0;
  try {
    while (running.some(Boolean)) {
      await checkpoint();
      const [current, kept, m, v] = held as [tf.Tensor4D, tf.Tensor4D, tf.Tensor4D, tf.Tensor4D];
      const { score, gradient } = await quality(current);
      const losses = Float32Array.from(await score.data(), (value) => 1 - value);
      steps += 1;
      if (steps === 1) zeroGradientShare = await zeroShare(gradient);
      const improved = Array.from(
        losses,
        (loss, i) => running[i] === true && loss < (best[i] ?? 0),
      );
      const next = tf.tidy(() => {
        const moved = adamStep({ current, m, v, gradient, mask }, steps, settings);
        const which = tf.tensor4d(improved.map(Number), [count, 1, 1, 1]);
        const better = tf.add(tf.mul(moved.x, which), tf.mul(kept, tf.sub(1, which)));
        return [moved.x, better, moved.m, moved.v];
      });
      tf.dispose([...held, score, gradient]);
      held = next;
      improved.forEach((yes, i) => {
        if (running[i] !== true) return;
        if (yes) best[i] = losses[i] ?? Infinity;
        unimproved[i] = yes ? 0 : (unimproved[i] ?? 0) + 1;
        running[i] = steps < settings.least || (steps < settings.most && (unimproved[i] ?? 0) < 2);
      });
    }
    const [last, kept] = held as [tf.Tensor4D, tf.Tensor4D];
    const adversarial: tf.Tensor4D = tf.clipByValue(settings.keepsLast ? last : kept, 0, 1);
    const direction = new Int8Array(count).fill(1);
    return { adversarial, direction, steps, zeroGradientShare };
  } finally {
    tf.dispose([...held, mask]);
  }

  /** One map per picture, `[n, height, width, 1]`. */
  async function maskOf(pictures: tf.Tensor4D, kind: ActivityKind): Promise<tf.Tensor4D> {
    const pixels = (await pictures.data()) as Float32Array;
    const size = height * width * 3;
    const maps = new Float32Array(count * height * width);
    for (let i = 0; i < count; i++) {
      const own = pixels.subarray(i * size, (i + 1) * size);
      maps.set(activityMap(own, { height, width }, kind), i * height * width);
    }
    return tf.tensor4d(maps, [count, height, width, 1]);
  }
}

interface Moments {
  readonly current: tf.Tensor4D;
  readonly m: tf.Tensor4D;
  readonly v: tf.Tensor4D;
  /** Of the quality, which is to rise. */
  readonly gradient: tf.Tensor4D;
  readonly mask: tf.Tensor4D;
}

function adamStep(
  { current, m, v, gradient, mask }: Moments,
  step: number,
  { learningRate, masks, clipsEachStep }: MaskedAdam,
): { x: tf.Tensor4D; m: tf.Tensor4D; v: tf.Tensor4D } {
  const g = tf.mul(gradient, masks === 'gradient' ? tf.neg(mask) : -1);
  const first: tf.Tensor4D = tf.add(tf.mul(m, BETA_1), tf.mul(g, 1 - BETA_1));
  const second: tf.Tensor4D = tf.add(tf.mul(v, BETA_2), tf.mul(tf.square(g), 1 - BETA_2));
  const rate = (learningRate * Math.sqrt(1 - BETA_2 ** step)) / (1 - BETA_1 ** step);
  const change = tf.mul(tf.div(first, tf.add(tf.sqrt(second), EPSILON)), rate);
  const weighed = masks === 'update' ? tf.mul(change, mask) : change;
  const moved: tf.Tensor4D = tf.sub(current, weighed);
  return { x: clipsEachStep ? tf.clipByValue(moved, 0, 1) : moved, m: first, v: second };
}

async function zeroShare(gradient: tf.Tensor4D): Promise<Float32Array<ArrayBuffer>> {
  const means = tf.tidy(() => tf.mean(tf.cast(tf.equal(gradient, 0), 'float32'), [1, 2, 3]));
  const shares = Float32Array.from(await means.data());
  means.dispose();
  return shares;
}
