import * as tf from '@tensorflow/tfjs-core';
import type { View } from '../../data/views';
import type { Scorer } from '../attack';
import { meanScore } from './mean-score';

/**
 * Scores of whole pictures: the mean over a fixed list of views of each. Its gradient is that of
 * the mean, gathered from all views onto the picture, so an attack on it sees one picture and one
 * score (attacks.md 1.1, unit `image`).
 */
export class PictureScorer implements Scorer {
  readonly #inner: Scorer;
  readonly #views: readonly View[];

  /**
   * @param inner scores views
   * @param views rectangles of one size inside the picture; the same for every picture of a batch,
   *   which holds versions of one picture
   */
  constructor(inner: Scorer, views: readonly View[]) {
    this.#inner = inner;
    this.#views = views;
  }

  async score(x: tf.Tensor4D): Promise<tf.Tensor1D> {
    const cut = await this.#cut(x);
    const scores = await this.#inner.score(cut);
    const means = this.#means(await scores.data(), x.shape[0]);
    tf.dispose([cut, scores]);
    return tf.tensor1d(means);
  }

  async scoreAndGradient(
    x: tf.Tensor4D,
    weights?: tf.Tensor1D,
  ): Promise<{ score: tf.Tensor1D; gradient: tf.Tensor4D }> {
    const cut = await this.#cut(x);
    const perView = await this.#inner.scoreAndGradient(cut);
    const means = this.#means(await perView.score.data(), x.shape[0]);
    const factors = weights ? await weights.data() : null;
    const gradient = this.#gather(await perView.gradient.data(), x.shape, factors);
    tf.dispose([cut, perView.score, perView.gradient]);
    return { score: tf.tensor1d(means), gradient: tf.tensor4d(gradient, x.shape) };
  }

  /** All views of all pictures, `[pictures * views, height, width, 3]`. */
  async #cut(x: tf.Tensor4D): Promise<tf.Tensor4D> {
    const [pictures, height, width] = x.shape;
    const { height: h, width: w } = this.#views[0] as View;
    const data = await x.data();
    const out = new Float32Array(pictures * this.#views.length * h * w * 3);
    let to = 0;
    for (let n = 0; n < pictures; n++) {
      for (const view of this.#views) {
        for (let y = 0; y < h; y++, to += w * 3) {
          const from = ((n * height + view.top + y) * width + view.left) * 3;
          out.set(data.subarray(from, from + w * 3), to);
        }
      }
    }
    return tf.tensor4d(out, [pictures * this.#views.length, h, w, 3]);
  }

  #means(scores: Float32Array | Int32Array | Uint8Array, pictures: number): Float32Array {
    const each = this.#views.length;
    return Float32Array.from({ length: pictures }, (_, n) =>
      meanScore(scores.subarray(n * each, (n + 1) * each)),
    );
  }

  /** d mean / d picture: each view's gradient over the number of views, added where it was cut. */
  #gather(
    gradients: Float32Array | Int32Array | Uint8Array,
    [pictures, height, width]: readonly [number, number, number, number],
    factors: Float32Array | Int32Array | Uint8Array | null,
  ): Float32Array {
    const out = new Float32Array(pictures * height * width * 3);
    let from = 0;
    for (let n = 0; n < pictures; n++) {
      const share = (factors?.[n] ?? 1) / this.#views.length;
      for (const view of this.#views) {
        for (let y = 0; y < view.height; y++) {
          const to = ((n * height + view.top + y) * width + view.left) * 3;
          for (let i = 0; i < view.width * 3; i++, from++) {
            out[to + i] = (out[to + i] as number) + share * (gradients[from] as number);
          }
        }
      }
    }
    return out;
  }
}
