import * as tf from '@tensorflow/tfjs-core';
import { random } from '@shared/random';
import type { Scorer } from '../../attacks/attack';

export interface Smoothing {
  readonly draws: number;
  /** Deviation of the noise, [0, 1] pixel units. */
  readonly sigma: number;
  /** Draws whose gradients are averaged. */
  readonly gradientDraws: number;
  readonly seed: number;
}

/**
 * The median of a scorer's scores under Gaussian noise. Draw k adds the same noise to every picture of a batch, so that
 * a picture's score does not depend on its neighbours. Noisy pictures are clipped to [0, 1]: that belongs to the
 * smoothed function, so certificates hold for it as they stand.
 *
 * The median itself has no useful gradient; an attack is given the mean of the gradients of its first draws (EOT;
 * Athalye et al., ICML 2018).
 */
export class SmoothedScorer implements Scorer {
  readonly #inner: Scorer;
  readonly #smoothing: Smoothing;

  constructor(inner: Scorer, smoothing: Smoothing) {
    this.#inner = inner;
    this.#smoothing = smoothing;
  }

  async score(x: tf.Tensor4D): Promise<tf.Tensor1D> {
    const draws = await this.draws(x);
    return tf.tensor1d(draws.map(middle));
  }

  async scoreAndGradient(
    x: tf.Tensor4D,
    weights?: tf.Tensor1D,
  ): Promise<{ score: tf.Tensor1D; gradient: tf.Tensor4D }> {
    const { draws, gradientDraws } = this.#smoothing;
    const used = Math.min(draws, gradientDraws);
    let sum: tf.Tensor4D = tf.zerosLike(x);
    try {
      for (let k = 0; k < used; k++) {
        const noisy = this.#noisy(x, k);
        const { score, gradient } = await this.#inner.scoreAndGradient(noisy, weights);
        const next: tf.Tensor4D = tf.add(sum, gradient);
        tf.dispose([noisy, score, gradient, sum]);
        sum = next;
      }
      const score = await this.score(x);
      return { score, gradient: tf.tidy(() => tf.div(sum, used)) };
    } finally {
      sum.dispose();
    }
  }

  /**
   * Scores of every picture under every draw.
   * @param checkpoint awaited between draws
   */
  async draws(x: tf.Tensor4D, checkpoint?: () => Promise<void>): Promise<Float32Array[]> {
    const { draws } = this.#smoothing;
    const all = Array.from({ length: x.shape[0] }, () => new Float32Array(draws));
    for (let k = 0; k < draws; k++) {
      await checkpoint?.();
      const noisy = this.#noisy(x, k);
      const score = await this.#inner.score(noisy);
      (await score.data()).forEach((value, i) => ((all[i] as Float32Array)[k] = value));
      tf.dispose([noisy, score]);
    }
    return all;
  }

  #noisy(x: tf.Tensor4D, draw: number): tf.Tensor4D {
    const { sigma, seed } = this.#smoothing;
    const [, height, width] = x.shape;
    const noise = random(seed, 'defence/noise', draw).normals(height * width * 3, 0, sigma);
    return tf.tidy(() =>
      tf.clipByValue(tf.add(x, tf.tensor4d(noise, [1, height, width, 3])), 0, 1),
    );
  }
}

function middle(values: Float32Array): number {
  const sorted = values.slice().sort();
  const last = sorted.length - 1;
  return ((sorted[last >> 1] as number) + (sorted[(last + 1) >> 1] as number)) / 2;
}
