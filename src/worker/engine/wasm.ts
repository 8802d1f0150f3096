import { createRequire } from 'node:module';
import { dirname, join, sep } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { registerWasmKernels } from './kernels';
import type { LoadedBackend } from './libtensorflow';

// Not called `require`: the build declares that name in every bundle of its own.
const requirePackage = createRequire(import.meta.url);

/** The CommonJS build is required, not imported, so that it shares one tfjs-core with tfjs-node. */
interface WasmPackage {
  setWasmPaths(folder: string): void;
  getThreadsCount(): number;
  readonly version_wasm: string;
}

/**
 * Loads the WebAssembly backend, which needs nothing but its npm package, and makes it the current one.
 * It runs on one thread: the package starts its thread pool from blob URLs, which Node's worker threads refuse.
 */
export async function loadWasm(): Promise<LoadedBackend> {
  // tfjs-core's Node build carries no gradients; the union package registers them.
  requirePackage('@tensorflow/tfjs');
  const exceptionListeners = process.listeners('uncaughtException');
  const rejectionListeners = process.listeners('unhandledRejection');
  const wasm = requirePackage('@tensorflow/tfjs-backend-wasm') as WasmPackage;
  const folder = dirname(requirePackage.resolve('@tensorflow/tfjs-backend-wasm/package.json'));
  wasm.setWasmPaths(join(folder, 'dist') + sep);
  if (!(await tf.setBackend('wasm'))) throw new Error('the WebAssembly backend did not start');
  // Emscripten installs handlers that rethrow every unhandled rejection; errors are the worker's own business.
  for (const listener of process.listeners('uncaughtException')) {
    if (!exceptionListeners.includes(listener)) process.off('uncaughtException', listener);
  }
  for (const listener of process.listeners('unhandledRejection')) {
    if (!rejectionListeners.includes(listener)) process.off('unhandledRejection', listener);
  }
  registerWasmKernels();
  return {
    backend: 'wasm',
    title: 'WebAssembly',
    versions: { 'tfjs-backend-wasm': wasm.version_wasm, tfjs: tf.version_core },
    threads: wasm.getThreadsCount(),
  };
}
