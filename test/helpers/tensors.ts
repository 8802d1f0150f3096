import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import { random } from '@shared/random';
import { record } from '../../src/worker/engine';

type Values = ArrayLike<number>;

/**
 * Fails unless |actual - expected| <= atol + rtol * |expected| everywhere; lengths must match, and NaN and each
 * infinity count as different values.
 */
export function expectAllClose(
  actual: tf.Tensor | Values,
  expected: tf.Tensor | Values,
  tolerance: { rtol: number; atol: number },
): void {
  if (actual instanceof tf.Tensor && expected instanceof tf.Tensor) {
    expect(actual.shape).toEqual(expected.shape);
    expect(actual.dtype).toBe(expected.dtype);
  }
  const a = actual instanceof tf.Tensor ? actual.dataSync() : actual;
  const b = expected instanceof tf.Tensor ? expected.dataSync() : expected;
  expect(a.length).toBe(b.length);
  for (let i = 0; i < b.length; i++) {
    const [got, want] = [a[i] ?? Number.NaN, b[i] ?? Number.NaN];
    const close = Math.abs(got - want) <= tolerance.atol + tolerance.rtol * Math.abs(want);
    if (!Object.is(got, want) && !close) {
      expect.fail(
        `value ${i} is ${got}, expected ${want} (rtol ${tolerance.rtol}, atol ${tolerance.atol})`,
      );
    }
  }
}

/** A float32 tensor of standard normal values, the same on every engine. */
export function normals<R extends tf.Rank>(shape: tf.ShapeMap[R], seed = 1): tf.Tensor<R> {
  return tf.tensor(random(seed, 'test').normals(tf.util.sizeFromShape(shape)), shape);
}

/** A float32 tensor of uniform values in [0, 1). */
export function uniforms<R extends tf.Rank>(shape: tf.ShapeMap[R], seed = 1): tf.Tensor<R> {
  return tf.tensor(random(seed, 'test').uniforms(tf.util.sizeFromShape(shape)), shape);
}

/** Pulls `dy` back through f to each leaf; the test owns nothing afterwards. */
export function gradients(f: () => tf.Tensor, leaves: tf.Tensor[], dy: tf.Tensor): tf.Tensor[] {
  const pass = record(f, leaves);
  const result = pass.pullback(dy, leaves, { last: true }) as tf.Tensor[];
  pass.dispose();
  return result;
}

/** Runs `body` and fails if it leaves tensors behind. */
export function expectNoLeak(body: () => void): void {
  const before = tf.memory().numTensors;
  body();
  expect(tf.memory().numTensors - before).toBe(0);
}

/**
 * Central differences of a scalar function in double precision of its values, at some positions of x.
 * Truncation error is of order step^2, rounding error of order 1e-7 |f| / step.
 */
export function centralDifferences(
  f: (x: tf.Tensor) => number,
  x: tf.Tensor,
  positions: readonly number[],
  step: number,
): number[] {
  const values = x.dataSync<'float32'>();
  const at = (position: number, offset: number): number => {
    const moved = Float32Array.from(values);
    moved[position] = (moved[position] ?? 0) + offset;
    const tensor = tf.tensor(moved, x.shape);
    const value = f(tensor);
    tensor.dispose();
    return value;
  };
  return positions.map((p) => {
    const [up, down] = [Math.fround((values[p] ?? 0) + step), Math.fround((values[p] ?? 0) - step)];
    return (at(p, step) - at(p, -step)) / (up - down);
  });
}
