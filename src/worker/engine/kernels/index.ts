import { registerBatchNorm } from './batch-norm';
import { registerBiasAdd } from './bias-add';
import { registerBoxMean } from './box-mean';
import { registerConvExtrema } from './conv-extrema';
import { registerDepthwise } from './depthwise';
import { registerExtrema } from './extrema';
import { registerRelu } from './relu';
import { registerRelu6 } from './relu6';
import { registerWasmConvolutionGradients } from './wasm-conv';
import { registerWasmElementwise } from './wasm-elementwise';
import { registerWasmMatrixProduct } from './wasm-matmul';

let registered = false;

/** Registers every kernel and gradient the lab adds to TensorFlow.js; call it once the back ends are loaded. */
export function registerKernels(): void {
  if (registered) return;
  registered = true;
  registerRelu();
  registerRelu6();
  registerBatchNorm();
  registerBiasAdd();
  registerDepthwise();
  registerExtrema();
  registerConvExtrema();
  registerBoxMean();
}

let wasmRegistered = false;

/** Registers what only the wasm back end needs, after its own kernels are registered. */
export function registerWasmKernels(): void {
  if (wasmRegistered) return;
  wasmRegistered = true;
  registerWasmConvolutionGradients();
  registerWasmElementwise();
  registerWasmMatrixProduct();
}
