import * as tf from '@tensorflow/tfjs-core';

const [beta1, beta2, epsilon] = [0.9, 0.999, 1e-8];

/**
 * Adam (Kingma & Ba, ICLR 2015) on the pixels. Made anew for a single step, its corrected moments are
 * g and g^2 exactly: the step is alpha g / (|g| + 1e-8).
 */
export class PixelAdam {
  readonly #stepSize: number;
  #mean: tf.Tensor4D | null = null;
  #square: tf.Tensor4D | null = null;
  #steps = 0;

  constructor(stepSize: number) {
    this.#stepSize = stepSize;
  }

  /** @returns the step that increases what `gradient` is the gradient of, `[n, height, width, 3]` */
  step(gradient: tf.Tensor4D): tf.Tensor4D {
    this.#steps += 1;
    const blend = (before: tf.Tensor4D | null, now: tf.Tensor4D, beta: number): tf.Tensor4D =>
      before ? tf.add(tf.mul(before, beta), tf.mul(now, 1 - beta)) : tf.mul(now, 1 - beta);
    const { mean, square } = tf.tidy(() => ({
      mean: blend(this.#mean, gradient, beta1),
      square: blend(this.#square, tf.square(gradient), beta2),
    }));
    this.dispose();
    // They outlive the scope of this step.
    this.#mean = tf.keep(mean);
    this.#square = tf.keep(square);
    return tf.tidy(() => {
      const corrected = tf.div(mean, 1 - beta1 ** this.#steps);
      const spread = tf.sqrt(tf.div(square, 1 - beta2 ** this.#steps));
      return tf.mul(tf.div(corrected, tf.add(spread, epsilon)), this.#stepSize);
    });
  }

  dispose(): void {
    this.#mean?.dispose();
    this.#square?.dispose();
    this.#mean = null;
    this.#square = null;
  }
}

/** The step of an Adam that is new: alpha g / (|g| + 1e-8). */
export function freshStep(gradient: tf.Tensor4D, stepSize: number): tf.Tensor4D {
  return tf.tidy(() => tf.mul(tf.div(gradient, tf.add(tf.abs(gradient), epsilon)), stepSize));
}
