import * as tf from '@tensorflow/tfjs-core';
import type { Comparison } from './comparison';
import { gaussianTaps, windowSize } from './gaussian-moments';
import { c1, c2, lumaWeights, poolFactor, type SsimVariant } from './ssim';

type Side = (length: number) => tf.Tensor2D;

/**
 * 1 - SSIM, differentiable: the same variants as `ssim`, whose comment has the definitions.
 *
 * Pooling, borders and the window are linear and separable, so each is a pair of small matrices, one
 * along each axis: matrix products and their gradients are what every engine does best.
 */
export class SsimComparison implements Comparison {
  readonly id: SsimVariant;
  readonly smallest: number;
  readonly #matrices = new Map<string, tf.Tensor2D>();

  constructor(variant: SsimVariant) {
    this.id = variant;
    this.smallest = variant === 'ssim-replicate' ? 1 : windowSize;
  }

  /** The picture as compared, its local means, and its local means of squares; `[n * channels, a, b]` each. */
  features(x: tf.Tensor4D): tf.Tensor[] {
    const raster = this.#raster(x);
    return [raster, this.#blurred(raster), this.#blurred(tf.square(raster))];
  }

  distance(originals: readonly tf.Tensor[], pictures: readonly tf.Tensor[]): tf.Tensor1D {
    const [x, mx, xx] = originals as [tf.Tensor3D, tf.Tensor3D, tf.Tensor3D];
    const [y, my, yy] = pictures as [tf.Tensor3D, tf.Tensor3D, tf.Tensor3D];
    const cross = tf.mul(mx, my);
    const power = tf.add(tf.square(mx), tf.square(my));
    const covariance = tf.sub(this.#blurred(tf.mul(x, y)), cross);
    const variances = tf.sub(tf.add(xx, yy), power);
    const likeness = tf.mul(
      tf.div(tf.add(tf.mul(cross, 2), c1), tf.add(power, c1)),
      tf.div(tf.add(tf.mul(covariance, 2), c2), tf.add(variances, c2)),
    );
    const channels = this.id === 'ssim-luma' ? 1 : 3;
    const perPicture = tf.reshape(likeness, [x.shape[0] / channels, -1]);
    return tf.mean(tf.sub(1, perPicture), 1);
  }

  dispose(): void {
    tf.dispose([...this.#matrices.values()]);
    this.#matrices.clear();
  }

  #raster(x: tf.Tensor4D): tf.Tensor3D {
    const [n, height, width] = x.shape;
    if (this.id === 'ssim-luma') {
      return tf.reshape(tf.sum(tf.mul(x, [...lumaWeights]), 3), [n, height, width]);
    }
    const planes: tf.Tensor3D = tf.reshape(tf.transpose(x, [0, 3, 1, 2]), [n * 3, height, width]);
    const factor = this.id === 'ssim-piq' ? poolFactor(height, width) : 1;
    if (factor === 1) return planes;
    return along(planes, (length) => this.#matrix(`pool${factor}`, length, poolMatrix(factor)));
  }

  #blurred(x: tf.Tensor3D): tf.Tensor3D {
    const rows = this.id === 'ssim-replicate' ? replicatedWindow : validWindow;
    return along(x, (length) => this.#matrix('window', length, rows));
  }

  #matrix(kind: string, length: number, rows: (length: number) => number[][]): tf.Tensor2D {
    const key = `${kind}/${length}`;
    const known = this.#matrices.get(key);
    if (known) return known;
    const made = tf.keep(tf.tensor2d(rows(length)));
    this.#matrices.set(key, made);
    return made;
  }
}

/** Applies a matrix along both spatial axes of `[m, a, b]`; the axes come out exchanged, `[m, b', a']`. */
function along(x: tf.Tensor3D, side: Side): tf.Tensor3D {
  const [m, a, b] = x.shape;
  const first = side(b);
  const inner = first.shape[0];
  const once = tf.matMul(tf.reshape(x, [m * a, b]), first, false, true);
  const turned = tf.transpose(tf.reshape(once, [m, a, inner]), [0, 2, 1]);
  const second = side(a);
  const twice = tf.matMul(tf.reshape(turned, [m * inner, a]), second, false, true);
  return tf.reshape(twice, [m, inner, second.shape[0]]);
}

const zeros = (length: number): number[] => Array.from({ length }, () => 0);

/** Means of `factor` neighbours; what does not fill a block is dropped. */
const poolMatrix =
  (factor: number) =>
  (length: number): number[][] =>
    Array.from({ length: Math.floor(length / factor) }, (_, i) => {
      const row = zeros(length);
      return row.fill(1 / factor, i * factor, (i + 1) * factor);
    });

/** The window at every position where it lies fully inside. */
function validWindow(length: number): number[][] {
  return Array.from({ length: length - windowSize + 1 }, (_, i) => {
    const row = zeros(length);
    gaussianTaps.forEach((tap, k) => (row[i + k] = tap));
    return row;
  });
}

/** The window at every position, the border value repeated outside. */
function replicatedWindow(length: number): number[][] {
  const radius = (windowSize - 1) / 2;
  return Array.from({ length }, (_, i) => {
    const row = zeros(length);
    gaussianTaps.forEach((tap, k) => {
      const at = Math.min(length - 1, Math.max(0, i + k - radius));
      row[at] = (row[at] ?? 0) + tap;
    });
    return row;
  });
}
