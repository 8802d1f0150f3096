import type * as tf from '@tensorflow/tfjs-core';
import type { Scorer } from '../attack';

/** What an attack asked of a model, in pictures scored: the harness's count, not the attack's word. */
export interface Asked {
  /** Scores, with or without a gradient. */
  readonly queries: number;
  /** Those with a gradient. */
  readonly gradients: number;
}

/** Passes everything on and counts it. */
export class CountingScorer implements Scorer {
  readonly #inner: Scorer;
  #queries = 0;
  #gradients = 0;

  constructor(inner: Scorer) {
    this.#inner = inner;
  }

  get asked(): Asked {
    return { queries: this.#queries, gradients: this.#gradients };
  }

  score(x: tf.Tensor4D): Promise<tf.Tensor1D> {
    this.#queries += x.shape[0];
    return this.#inner.score(x);
  }

  scoreAndGradient(
    x: tf.Tensor4D,
    weights?: tf.Tensor1D,
  ): Promise<{ score: tf.Tensor1D; gradient: tf.Tensor4D }> {
    this.#queries += x.shape[0];
    this.#gradients += x.shape[0];
    return this.#inner.scoreAndGradient(x, weights);
  }
}
