import * as tf from '@tensorflow/tfjs-core';
import type { Scorer } from '../../attacks/attack';
import { breathe } from '../../breathe';
import type { Picture } from '../../fidelity/picture';
import type { Purifier } from './purifier';

/** A scorer that sees every picture cleaned. Pictures of a batch are cleaned one by one. */
export class PurifiedScorer implements Scorer {
  readonly #inner: Scorer;
  readonly #purifier: Purifier;

  constructor(inner: Scorer, purifier: Purifier) {
    this.#inner = inner;
    this.#purifier = purifier;
  }

  async score(x: tf.Tensor4D): Promise<tf.Tensor1D> {
    const clean = await this.#each(x, (picture) => this.#purifier.apply(picture));
    try {
      return await this.#inner.score(clean);
    } finally {
      clean.dispose();
    }
  }

  async scoreAndGradient(
    x: tf.Tensor4D,
    weights?: tf.Tensor1D,
  ): Promise<{ score: tf.Tensor1D; gradient: tf.Tensor4D }> {
    const clean = await this.#each(x, (picture) => this.#purifier.apply(picture));
    const { score, gradient } = await this.#inner
      .scoreAndGradient(clean, weights)
      .finally(() => clean.dispose());
    const purifier = this.#purifier;
    if (!purifier.pull) return { score, gradient };
    try {
      return {
        score,
        gradient: await this.#each(gradient, (slope) => purifier.pull?.(slope) ?? slope),
      };
    } finally {
      gradient.dispose();
    }
  }

  async #each(
    x: tf.Tensor4D,
    change: (picture: Picture) => Picture | Promise<Picture>,
  ): Promise<tf.Tensor4D> {
    const [count, height, width] = x.shape;
    const size = height * width * 3;
    const data = await x.data<'float32'>();
    const out = new Float32Array(data.length);
    for (let i = 0; i < count; i++) {
      const picture = { height, width, data: data.slice(i * size, (i + 1) * size) };
      out.set((await change(picture)).data, i * size);
      await breathe();
    }
    return tf.tensor4d(out, x.shape);
  }
}
