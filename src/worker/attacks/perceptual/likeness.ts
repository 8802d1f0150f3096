import * as tf from '@tensorflow/tfjs-core';
import { LabError } from '@shared/errors';
import { record } from '../../engine';
import type { Comparison } from '../../fidelity/comparison';

/** Pixels compared in one go: the activations of a deep trunk are kept for all of them. */
const pixelsAtOnce = 2 ** 18;

/** How a comparison's distance from some originals grows, picture by picture. Holds their features. */
export class Likeness {
  readonly #comparison: Comparison;
  readonly #parts: readonly { first: number; count: number; features: tf.Tensor[] }[];

  /**
   * @param x originals `[n, height, width, 3]` in [0, 1]
   * @throws LabError `unsupported` where the pictures are too small for the comparison
   */
  constructor(comparison: Comparison, x: tf.Tensor4D) {
    const [n, height, width] = x.shape;
    if (Math.min(height, width) < comparison.smallest) throw tooSmall(comparison, height, width);
    this.#comparison = comparison;
    const each = Math.max(1, Math.floor(pixelsAtOnce / (height * width)));
    this.#parts = Array.from({ length: Math.ceil(n / each) }, (_, i) => {
      const [first, count] = [i * each, Math.min(each, n - i * each)];
      const features = tf.tidy(() => comparison.features(slice(x, first, count)));
      return { first, count, features };
    });
  }

  /**
   * Distance of each picture from its original, `[n]`, and the gradient of each picture's own,
   * `[n, height, width, 3]`; the caller disposes both.
   */
  at(y: tf.Tensor4D): { distance: tf.Tensor1D; gradient: tf.Tensor4D } {
    return tf.tidy(() => {
      const parts = this.#parts.map(({ first, count, features }) => {
        const pictures = slice(y, first, count);
        const pass = record(
          () => this.#comparison.distance(features, this.#comparison.features(pictures)),
          [pictures],
        );
        const distance = pass.output.clone();
        const [gradient] = pass.pullback(tf.onesLike(distance), [pictures], { last: true });
        pass.dispose();
        return { distance, gradient: (gradient as tf.Tensor4D | null) ?? tf.zerosLike(pictures) };
      });
      return {
        distance: tf.concat1d(parts.map(({ distance }) => distance)),
        gradient: tf.concat4d(
          parts.map(({ gradient }) => gradient),
          0,
        ),
      };
    });
  }

  dispose(): void {
    for (const { features } of this.#parts) tf.dispose(features);
  }
}

function slice(x: tf.Tensor4D, first: number, count: number): tf.Tensor4D {
  return tf.slice4d(x, [first, 0, 0, 0], [count, -1, -1, -1]);
}

function tooSmall({ id, smallest }: Comparison, height: number, width: number): LabError {
  return new LabError({
    kind: 'unsupported',
    message: `${id} needs pictures of at least ${smallest} x ${smallest} pixels, got ${height} x ${width}`,
    safe: 'Results of earlier pictures are kept.',
    next: 'Choose another constraint, or attack the whole picture instead of its views.',
  });
}
