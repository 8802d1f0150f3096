import * as tf from '@tensorflow/tfjs-core';
import { floats, input, wasmBackend } from './heap';

/** Replaces elementwise kernels of the wasm backend that cost far more time or memory than they need. */
export function registerWasmElementwise(): void {
  registerIdentity();
  registerSign();
}

/**
 * Identity without a copy. tfjs saves what a gradient needs through this kernel, so the backend's own, which copies,
 * doubles the memory of every recorded pass (weights included).
 */
function registerIdentity(): void {
  tf.unregisterKernel(tf.Identity, 'wasm');
  tf.registerKernel({
    kernelName: tf.Identity,
    backendName: 'wasm',
    kernelFunc: ({ inputs, backend }) => {
      const { dataId, shape, dtype } = input(inputs, 'x');
      wasmBackend(backend).incRef(dataId);
      return { dataId, shape, dtype };
    },
  });
}

/**
 * Sign as a plain loop: the backend's own takes 7 ns a value, and the NT step takes the sign of a gradient the size of
 * the batch. Keeps NaN, and 0 for both zeros.
 */
function registerSign(): void {
  tf.unregisterKernel(tf.Sign, 'wasm');
  tf.registerKernel({
    kernelName: tf.Sign,
    backendName: 'wasm',
    kernelFunc: ({ inputs, backend }) => {
      const wasm = wasmBackend(backend);
      const x = input(inputs, 'x');
      if (x.dtype !== 'float32') throw new Error(`sign: needs float32 on wasm, got ${x.dtype}`);
      const y = wasm.makeOutput(x.shape, 'float32');
      const source = floats(wasm, x);
      const target = floats(wasm, y);
      for (let i = 0; i < target.length; i++) {
        const value = source[i] ?? 0;
        target[i] = value > 0 ? 1 : value < 0 ? -1 : value;
      }
      return y;
    },
  });
}
