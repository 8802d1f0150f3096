import * as tf from '@tensorflow/tfjs-core';
import { floats, input, only, wasmBackend } from './heap';
import { attributes, libtensorflowBackend } from './libtensorflow-op';

/**
 * y = x + bias over the last axis, with dx = dy and d bias = sum of dy over all other axes.
 *
 * tfjs' own addition keeps both addends until the gradient is taken, although only their shapes are needed: a
 * convolution with a bias would hold its output twice.
 */
const KERNEL = 'BiasAdd';
const GRADIENT = 'BiasAddGrad';

export function registerBiasAdd(): void {
  registerOnLibtensorflow();
  registerOnWasm();
  tf.registerGradient({
    kernelName: KERNEL,
    gradFunc: (dys) => {
      const dy = only(dys);
      return { x: () => tf.clone(dy), bias: () => tf.engine().runKernel(GRADIENT, { dy }) };
    },
  });
}

/** @param x `[..., channels]`, rank 2 to 5; @param bias `[channels]`; @returns the shape of x */
export function biasAdd<T extends tf.Tensor>(x: T, bias: tf.Tensor1D): T {
  return tf.engine().runKernel(KERNEL, { x, bias });
}

function registerOnLibtensorflow(): void {
  const run = (op: string, names: readonly string[]): tf.KernelFunc => {
    return ({ inputs, backend }) => {
      const native = libtensorflowBackend(backend);
      const make = attributes(native.binding);
      return native.executeSingleOutput(
        op,
        [make.floatType('T'), make.text('data_format', 'NHWC')],
        names.map((name) => input(inputs, name)),
      );
    };
  };
  const backendName = 'tensorflow';
  tf.registerKernel({ kernelName: KERNEL, backendName, kernelFunc: run(KERNEL, ['x', 'bias']) });
  tf.registerKernel({ kernelName: GRADIENT, backendName, kernelFunc: run(GRADIENT, ['dy']) });
}

function registerOnWasm(): void {
  const backendName = 'wasm';
  tf.registerKernel({
    kernelName: KERNEL,
    backendName,
    kernelFunc: ({ inputs, backend }) => {
      const wasm = wasmBackend(backend);
      const output = wasm.makeOutput(input(inputs, 'x').shape, 'float32');
      const x = floats(wasm, input(inputs, 'x'));
      const bias = floats(wasm, input(inputs, 'bias'));
      const y = floats(wasm, output);
      for (let i = 0; i < y.length; i += bias.length) {
        for (let c = 0; c < bias.length; c++) y[i + c] = (x[i + c] ?? 0) + (bias[c] ?? 0);
      }
      return output;
    },
  });
  tf.registerKernel({
    kernelName: GRADIENT,
    backendName,
    kernelFunc: ({ inputs, backend }) => {
      const wasm = wasmBackend(backend);
      const info = input(inputs, 'dy');
      const output = wasm.makeOutput(info.shape.slice(-1), 'float32');
      const dy = floats(wasm, info);
      const channels = info.shape.at(-1) ?? 0;
      const sums = new Float64Array(channels);
      for (let i = 0; i < dy.length; i += channels) {
        for (let c = 0; c < channels; c++) sums[c] = (sums[c] ?? 0) + (dy[i + c] ?? 0);
      }
      floats(wasm, output).set(sums);
      return output;
    },
  });
}
