import * as tf from '@tensorflow/tfjs-core';
import type { Warning } from '@shared/domain/run';
import { random } from '@shared/random';
import type { Scorer } from '../attack';
import { meanScore } from './mean-score';
import { cutPieces, pieceScorer, type Pieces, type Target } from './pieces';
import { project } from './project';
import type { AttackRunSettings } from './settings';

/**
 * Scores a picture, then the same picture after an attack of epsilon 0 (projected into a ball of no
 * radius), by the path every attacked picture takes. The two must agree to the last bit: what a
 * batch reports as change is then the attack's doing.
 *
 * @returns a warning where they differ
 */
export async function zeroBudgetControl(
  scorer: Scorer,
  target: Target,
  run: AttackRunSettings,
): Promise<Warning | null> {
  const unitScorer = pieceScorer(scorer, target, run);
  let largest = 0;
  for (const pieces of cutPieces(target, run, 0)) {
    const x = toTensor(pieces);
    const unmoved = project(x, x, 0);
    const first = await unitScorer.score(x);
    const second = await unitScorer.score(unmoved);
    const [a, b] = [await first.data(), await second.data()];
    a.forEach((score, i) => (largest = Math.max(largest, Math.abs(score - (b[i] ?? NaN)))));
    tf.dispose([x, unmoved, first, second]);
  }
  if (largest === 0) return null;
  return {
    code: 'not-repeatable',
    message: `Scored twice, the same picture got scores up to ${largest.toPrecision(2)} apart: the model or the engine is random.`,
    imageId: target.imageId,
  };
}

/**
 * Change of the picture's score under random noise of the attack's budget: +epsilon or -epsilon per
 * value with equal chance, clipped to [0, 1]. A white-box attack that does no better does not work.
 *
 * @param epsilon [0, 1] pixel units
 * @returns lab-scale change, over the same pieces and by the same path as the attack's
 */
export async function noiseControl(
  scorer: Scorer,
  target: Target,
  run: AttackRunSettings,
  epsilon: number,
  seed: number,
): Promise<number> {
  const unitScorer = pieceScorer(scorer, target, run);
  const clean: number[] = [];
  const noisy: number[] = [];
  for (const pieces of cutPieces(target, run, seed)) {
    const x = toTensor(pieces);
    const noise = tf.tensor4d(signNoise(pieces, epsilon), x.shape);
    const moved = tf.tidy(() => project(tf.add(x, noise), x, epsilon));
    const before = await unitScorer.score(x);
    const after = await unitScorer.score(moved);
    clean.push(...(await before.data()));
    noisy.push(...(await after.data()));
    tf.dispose([x, noise, moved, before, after]);
  }
  return meanScore(noisy) - meanScore(clean);
}

function toTensor({ count, height, width, data }: Pieces): tf.Tensor4D {
  return tf.tensor4d(data, [count, height, width, 3]);
}

function signNoise(pieces: Pieces, epsilon: number): Float32Array {
  const noise = new Float32Array(pieces.data.length);
  const size = noise.length / pieces.count;
  pieces.seeds.forEach((seed, i) => {
    const stream = random(seed, 'attack/noise-control');
    let bits = 0;
    for (let j = 0; j < size; j++) {
      if (j % 32 === 0) bits = stream.uint32();
      noise[i * size + j] = (bits >>> (j % 32)) & 1 ? epsilon : -epsilon;
    }
  });
  return noise;
}
