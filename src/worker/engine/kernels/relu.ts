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
