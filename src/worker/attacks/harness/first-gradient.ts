import * as tf from '@tensorflow/tfjs-core';
import type { Scorer } from '../attack';

/**
 * Scores the clean pieces together with their gradient, and hands that gradient to the attack when it
 * asks for it: an attack that starts at the picture would otherwise have the same pass made twice.
 * A one-step attack is then two passes forward and one back instead of three and one.
 */
export class FirstGradient implements Scorer {
  readonly #inner: Scorer;
  readonly #at: tf.Tensor4D;
  readonly clean: tf.Tensor1D;
  #gradient: tf.Tensor4D | null;

  private constructor(inner: Scorer, at: tf.Tensor4D, clean: tf.Tensor1D, gradient: tf.Tensor4D) {
    this.#inner = inner;
    this.#at = at;
    this.clean = clean;
    this.#gradient = gradient;
  }

  /** @param x where the attack starts; it stays the caller's and must outlive the attack */
  static async at(inner: Scorer, x: tf.Tensor4D): Promise<FirstGradient> {
    const { score, gradient } = await inner.scoreAndGradient(x);
    return new FirstGradient(inner, x, score, gradient);
  }

  score(x: tf.Tensor4D): Promise<tf.Tensor1D> {
    return this.#inner.score(x);
  }

  async scoreAndGradient(
    x: tf.Tensor4D,
    weights?: tf.Tensor1D,
  ): Promise<{ score: tf.Tensor1D; gradient: tf.Tensor4D }> {
    const gradient = this.#gradient;
    // A clone of the picture shares its data; anything else is another picture.
    if (gradient === null || weights || x.dataId !== this.#at.dataId) {
      return await this.#inner.scoreAndGradient(x, weights);
    }
    this.#gradient = null;
    return { score: this.clean.clone(), gradient };
  }

  /** Gives an unused gradient back; the clean score stays the caller's. */
  dispose(): void {
    tf.dispose(this.#gradient ?? []);
    this.#gradient = null;
  }
}
