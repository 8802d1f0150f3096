import * as tf from '@tensorflow/tfjs-core';
import { record } from '../../engine';
import type { ForwardContext, Model } from '../../models/model';
import type { Scorer } from '../attack';
import { breathe } from '../../breathe';

/** As a finished model is used: no dropout, stored BatchNorm statistics. */
export const evaluation: ForwardContext = {
  training: false,
  seed: 0,
  step: 0,
  batchNorm: 'running',
};

/**
 * Scores of views by a model, on the lab scale.
 *
 * A call is split into parts of at most `rows` views. Native matrix products may differ in the last
 * bit with the number of rows and a row's place among them (measured on libtensorflow), so callers
 * hand over the views of one picture at a time: its numbers then never depend on what else is scored.
 */
export class ModelScorer implements Scorer {
  readonly #model: Model;
  readonly #scale: number;
  readonly #offset: number;
  readonly #rows: number;

  /** @param labScale lab = scale * native + offset */
  constructor(model: Model, labScale: { scale: number; offset: number }, rows: number) {
    this.#model = model;
    this.#scale = labScale.scale;
    this.#offset = labScale.offset;
    this.#rows = rows;
  }

  async score(x: tf.Tensor4D): Promise<tf.Tensor1D> {
    const parts: tf.Tensor1D[] = [];
    for (const [first, count] of this.#parts(x)) {
      parts.push(
        tf.tidy(() => this.#toLab(this.#model.forward(part(x, first, count), evaluation))),
      );
      await breathe();
    }
    return joined(parts);
  }

  async scoreAndGradient(
    x: tf.Tensor4D,
    weights?: tf.Tensor1D,
  ): Promise<{ score: tf.Tensor1D; gradient: tf.Tensor4D }> {
    const scores: tf.Tensor1D[] = [];
    const gradients: tf.Tensor4D[] = [];
    for (const [first, count] of this.#parts(x)) {
      const views = part(x, first, count);
      const pass = record(() => this.#model.forward(views, evaluation), [views]);
      const cotangent = tf.tidy(() =>
        weights
          ? tf.mul(tf.slice1d(weights, first, count), this.#scale)
          : tf.fill([count], this.#scale),
      );
      const [gradient] = pass.pullback(cotangent, [views], { last: true });
      scores.push(tf.tidy(() => this.#toLab(pass.output)));
      // A model that ignores its input has no path back to it: its gradient is zero.
      gradients.push((gradient as tf.Tensor4D | null) ?? tf.zerosLike(views));
      pass.dispose();
      tf.dispose([cotangent, views]);
      await breathe();
    }
    return { score: joined(scores), gradient: joined(gradients) };
  }

  #toLab(native: tf.Tensor1D): tf.Tensor1D {
    return tf.add(tf.mul(native, this.#scale), this.#offset);
  }

  *#parts(x: tf.Tensor4D): Generator<[first: number, count: number]> {
    for (let first = 0; first < x.shape[0]; first += this.#rows) {
      yield [first, Math.min(this.#rows, x.shape[0] - first)];
    }
  }
}

function part(x: tf.Tensor4D, first: number, count: number): tf.Tensor4D {
  return count === x.shape[0] ? x.clone() : tf.slice4d(x, [first, 0, 0, 0], [count, -1, -1, -1]);
}

/** Concatenates along the first axis and gives the parts back. */
function joined<T extends tf.Tensor1D | tf.Tensor4D>(parts: T[]): T {
  const [only] = parts;
  if (only && parts.length === 1) return only;
  const whole = tf.concat<T>(parts, 0);
  tf.dispose(parts);
  return whole;
}
