import * as tf from '@tensorflow/tfjs-core';
import { floats, input, only, wasmBackend } from './heap';
import { attributes, libtensorflowBackend } from './libtensorflow-op';

/**
 * Gradient of ReLU from its output: dx = dy where y > 0, else 0 (0 at the kink, as PyTorch).
 *
 * tfjs saves the input and multiplies by `step(x)`, which on libtensorflow is a chain of ops (measured 33 ms against
 * 0.6 ms for 3.2 million values). The output is saved anyway by the layer that follows, so saving it costs no memory.
 */
export function registerRelu(): void {
  tf.registerKernel({
    kernelName: 'ReluGrad',
    backendName: 'tensorflow',
    kernelFunc: ({ inputs, backend }) => {
      const native = libtensorflowBackend(backend);
      return native.executeSingleOutput(
        'ReluGrad',
        [attributes(native.binding).floatType('T')],
        [input(inputs, 'dy'), input(inputs, 'y')],
      );
    },
  });
  tf.registerKernel({
    kernelName: 'ReluGrad',
    backendName: 'wasm',
    kernelFunc: ({ inputs, backend }) => {
      const wasm = wasmBackend(backend);
      const output = wasm.makeOutput(input(inputs, 'y').shape, 'float32');
      const [dy, y, dx] = [input(inputs, 'dy'), input(inputs, 'y'), output].map((info) =>
        floats(wasm, info),
      ) as [Float32Array, Float32Array, Float32Array];
      for (let i = 0; i < dx.length; i++) dx[i] = (y[i] ?? 0) > 0 ? (dy[i] ?? 0) : 0;
      return output;
    },
  });
  tf.registerGradient({
    kernelName: tf.Relu,
    outputsToSave: [true],
    gradFunc: (dy, [y]) => ({
      x: () => tf.engine().runKernel('ReluGrad', { dy: only(dy), y: y as tf.Tensor }),
    }),
  });
}

/**
 * max(a + b, 0), the end of a residual block, saving nothing but its output: tfjs' own sum keeps both terms for the sake
 * of their shapes, which in a ResNet-50 is a quarter of all that a pass holds.
 */
export function addRelu<T extends tf.Tensor>(a: T, b: T): T {
  const fused = tf.customGrad((left, right, save) => {
    const y = tf.relu(tf.add(left as tf.Tensor, right as tf.Tensor));
    (save as tf.GradSaveFunc)([y]);
    return {
      value: y,
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const d = tf.engine().runKernel<tf.Tensor>('ReluGrad', { dy, y: saved[0] as tf.Tensor });
        return [d, d.clone()];
      },
    };
  });
  return fused(a, b) as T;
}
