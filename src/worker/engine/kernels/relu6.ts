import * as tf from '@tensorflow/tfjs-core';
import { floats, input, only, wasmBackend } from './heap';
import { attributes, libtensorflowBackend } from './libtensorflow-op';

/**
 * Gradient of ReLU6 from its output: dx = dy where 0 < y < 6, else 0 (0 at both kinks, as PyTorch; tfjs' own passes the
 * cotangent at 6). As for ReLU, the output is what the next layer saves anyway; tfjs' own keeps the input as well and
 * composes the mask of four ops.
 */
const GRADIENT = 'Relu6Grad';

export function registerRelu6(): void {
  tf.registerKernel({
    kernelName: GRADIENT,
    backendName: 'tensorflow',
    kernelFunc: ({ inputs, backend }) => {
      const native = libtensorflowBackend(backend);
      return native.executeSingleOutput(
        GRADIENT,
        [attributes(native.binding).floatType('T')],
        [input(inputs, 'dy'), input(inputs, 'y')],
      );
    },
  });
  tf.registerKernel({
    kernelName: GRADIENT,
    backendName: 'wasm',
    kernelFunc: ({ inputs, backend }) => {
      const wasm = wasmBackend(backend);
      const output = wasm.makeOutput(input(inputs, 'y').shape, 'float32');
      const [dy, y, dx] = [input(inputs, 'dy'), input(inputs, 'y'), output].map((info) =>
        floats(wasm, info),
      ) as [Float32Array, Float32Array, Float32Array];
      for (let i = 0; i < dx.length; i++) {
        const value = y[i] ?? 0;
        dx[i] = value > 0 && value < 6 ? (dy[i] ?? 0) : 0;
      }
      return output;
    },
  });
  tf.registerGradient({
    kernelName: tf.Relu6,
    outputsToSave: [true],
    gradFunc: (dy, [y]) => ({
      x: () => tf.engine().runKernel(GRADIENT, { dy: only(dy), y: y as tf.Tensor }),
    }),
  });
}
