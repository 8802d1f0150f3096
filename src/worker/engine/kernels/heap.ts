import type * as tf from '@tensorflow/tfjs-core';

/** The part of tfjs' wasm backend that a kernel written here needs: its memory and its allocator. */
export interface WasmBackend {
  incRef(dataId: tf.TensorInfo['dataId']): void;
  makeOutput(shape: number[], dtype: tf.DataType): tf.TensorInfo;
  typedArrayFromHeap(info: tf.TensorInfo): Float32Array | Int32Array | Uint8Array;
}

export function wasmBackend(backend: unknown): WasmBackend {
  return backend as WasmBackend;
}

/**
 * A float32 tensor's values inside the wasm memory, without a copy.
 * Allocate every output before taking views: growing the memory detaches the views taken earlier.
 */
export function floats(backend: WasmBackend, info: tf.TensorInfo): Float32Array {
  return backend.typedArrayFromHeap(info) as Float32Array;
}

export function integers(backend: WasmBackend, info: tf.TensorInfo): Int32Array {
  return backend.typedArrayFromHeap(info) as Int32Array;
}

/** The inputs of a kernel call by name; a missing one is a programmer error. */
export function input(inputs: tf.NamedTensorInfoMap, name: string): tf.TensorInfo {
  const info = inputs[name];
  if (!info) throw new Error(`kernel: input "${name}" is missing`);
  return info;
}

/** An input as a tensor: the engine hands a kernel the tensors it was called with, under a narrower type. */
export function image(inputs: tf.NamedTensorInfoMap, name: string): tf.Tensor4D {
  return input(inputs, name) as unknown as tf.Tensor4D;
}

/** A tensor argument of a gradient function. */
export function only(dy: tf.Tensor | tf.Tensor[]): tf.Tensor {
  const first = Array.isArray(dy) ? dy[0] : dy;
  if (!first) throw new Error('gradient: no cotangent given');
  return first;
}
