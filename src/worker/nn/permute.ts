import * as tf from '@tensorflow/tfjs-core';

/**
 * Reorders the middle axis: y[b, i, c] = x[b, order[i], c]. The gradient is the inverse reordering, so no engine has
 * to scatter.
 *
 * @param x `[batch, n, channels]`; @param order every integer of [0, n) once
 */
export function permuteTokens(x: tf.Tensor3D, order: Int32Array): tf.Tensor3D {
  const node = tf.customGrad((...args) => {
    const [values] = args as unknown as [tf.Tensor3D];
    return {
      value: gather(values, order),
      gradFunc: (dy: tf.Tensor) => gather(dy as tf.Tensor3D, inverseOrder(order)),
    };
  });
  return node(x) as tf.Tensor3D;
}

/** The order that undoes `order`. */
export function inverseOrder(order: Int32Array): Int32Array {
  const inverse = new Int32Array(order.length);
  order.forEach((from, to) => {
    inverse[from] = to;
  });
  return inverse;
}

function gather(x: tf.Tensor3D, order: Int32Array): tf.Tensor3D {
  return tf.tidy(() => tf.gather(x, tf.tensor1d(order, 'int32'), 1));
}
