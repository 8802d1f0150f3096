import * as tf from '@tensorflow/tfjs-core';
import { record } from './tape';

/**
 * Checks a backend on work whose results are known exactly, before anyone trains on it: a convolution with its two
 * gradients against their defining sums, and one NT step of a linear scorer against its closed form.
 *
 * @throws Error naming the first result that is wrong, with both values
 */
export function selfTest(): void {
  const before = tf.memory().numTensors;
  checkConvolution();
  checkNormTrainingStep();
  const leaked = tf.memory().numTensors - before;
  if (leaked !== 0) throw new Error(`self-test: ${leaked} tensors were not freed`);
}

/** Small integers are exact in float32, so the comparison needs no tolerance. */
function checkConvolution(): void {
  const [height, width, kernel, inputs, outputs, stride] = [7, 6, 3, 2, 3, 2] as const;
  const [rows, columns] = [3, 2] as const;
  const ramp = (n: number, period: number): Float32Array =>
    Float32Array.from({ length: n }, (_, i) => (i % period) - (period >> 1));
  const x = ramp(height * width * inputs, 7);
  const w = ramp(kernel * kernel * inputs * outputs, 5);
  const dy = ramp(rows * columns * outputs, 3);
  const y = new Float32Array(dy.length);
  const dx = new Float32Array(x.length);
  const dw = new Float32Array(w.length);
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) {
      for (let o = 0; o < outputs; o++) {
        const out = (r * columns + c) * outputs + o;
        for (let u = 0; u < kernel; u++) {
          for (let v = 0; v < kernel; v++) {
            for (let i = 0; i < inputs; i++) {
              const from = ((r * stride + u) * width + c * stride + v) * inputs + i;
              const tap = ((u * kernel + v) * inputs + i) * outputs + o;
              y[out] = (y[out] ?? 0) + (x[from] ?? 0) * (w[tap] ?? 0);
              dx[from] = (dx[from] ?? 0) + (dy[out] ?? 0) * (w[tap] ?? 0);
              dw[tap] = (dw[tap] ?? 0) + (dy[out] ?? 0) * (x[from] ?? 0);
            }
          }
        }
      }
    }
  }
  tf.tidy(() => {
    const xs = tf.tensor4d(x, [1, height, width, inputs]);
    const ws = tf.tensor4d(w, [kernel, kernel, inputs, outputs]);
    const pass = record(() => tf.conv2d(xs, ws, stride, 'valid'), [xs, ws]);
    expectEqual('convolution', pass.output, y);
    const cotangent = tf.tensor4d(dy, [1, rows, columns, outputs]);
    const [gotX, gotW] = pass.pullback(cotangent, [xs, ws], { last: true });
    expectEqual('input gradient of a convolution', gotX, dx);
    expectEqual('filter gradient of a convolution', gotW, dw);
    pass.dispose();
  });
}

/**
 * f(x) = w . x has input gradient w, so with d = sign(w) the estimate (f(x + h d) - f(x)) / h is the l1 norm of w, and
 * the gradient of its square half is norm * d. Powers of two keep every step exact.
 */
function checkNormTrainingStep(): void {
  const w = [0.5, -1, 2, -0.25];
  const h = 0.25;
  const norm = 3.75;
  tf.tidy(() => {
    const weights = tf.tensor2d(w, [4, 1]);
    const x = tf.tensor2d([1, 0, -1, 2], [1, 4]);
    const clean = record(() => tf.matMul(x, weights), [x, weights]);
    const [gradient] = clean.pullback(tf.ones([1, 1]), [x]);
    const direction = tf.sign(gradient as tf.Tensor2D);
    const moved = tf.add(x, tf.mul(direction, h));
    const perturbed = record(() => tf.matMul(moved, weights), [weights]);
    const estimate = tf.div(tf.sub(perturbed.output, clean.output), h);
    expectEqual('finite-difference estimate', estimate, [norm]);
    const cotangent = tf.div(estimate, h);
    const [fromClean] = clean.pullback(tf.neg(cotangent), [weights], { last: true });
    const [fromMoved] = perturbed.pullback(cotangent, [weights], { last: true });
    const sum = tf.add(fromClean as tf.Tensor, fromMoved as tf.Tensor);
    expectEqual(
      'parameter gradient of the norm term',
      sum,
      w.map((value) => norm * Math.sign(value)),
    );
    clean.dispose();
    perturbed.dispose();
  });
}

function expectEqual(
  what: string,
  got: tf.Tensor | null | undefined,
  expected: ArrayLike<number>,
): void {
  const values = got?.dataSync() ?? [];
  for (let i = 0; i < expected.length; i++) {
    if (values[i] !== expected[i]) {
      throw new Error(`self-test: ${what}, value ${i} is ${values[i]} instead of ${expected[i]}`);
    }
  }
}
