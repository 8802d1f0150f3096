import type * as tf from '@tensorflow/tfjs-core';

/** Enumeration values of the native binding, read from it because they are TensorFlow's own. */
interface Binding {
  readonly TF_Version: string;
  readonly TF_ATTR_TYPE: number;
  readonly TF_ATTR_INT: number;
  readonly TF_ATTR_BOOL: number;
  readonly TF_ATTR_FLOAT: number;
  readonly TF_ATTR_STRING: number;
  readonly TF_FLOAT: number;
  readonly TF_INT32: number;
}

export interface OpAttribute {
  readonly name: string;
  readonly type: number;
  readonly value: unknown;
}

/** The part of tfjs-node's backend used here: it runs any TensorFlow op by name. */
export interface LibtensorflowBackend {
  readonly binding: Binding;
  executeSingleOutput(
    op: string,
    attributes: OpAttribute[],
    inputs: readonly tf.TensorInfo[],
  ): tf.Tensor;
  executeMultipleOutputs(
    op: string,
    attributes: OpAttribute[],
    inputs: readonly tf.TensorInfo[],
    outputs: number,
  ): tf.Tensor[];
}

export function libtensorflowBackend(backend: unknown): LibtensorflowBackend {
  return backend as LibtensorflowBackend;
}

/** Op attributes in the binding's own enumeration. */
export function attributes(binding: Binding) {
  return {
    floatType: (name: string): OpAttribute => ({
      name,
      type: binding.TF_ATTR_TYPE,
      value: binding.TF_FLOAT,
    }),
    intType: (name: string): OpAttribute => ({
      name,
      type: binding.TF_ATTR_TYPE,
      value: binding.TF_INT32,
    }),
    float: (name: string, value: number): OpAttribute => ({
      name,
      type: binding.TF_ATTR_FLOAT,
      value,
    }),
    integers: (name: string, values: readonly number[]): OpAttribute => ({
      name,
      type: binding.TF_ATTR_INT,
      value: values,
    }),
    boolean: (name: string, value: boolean): OpAttribute => ({
      name,
      type: binding.TF_ATTR_BOOL,
      value,
    }),
    text: (name: string, value: string): OpAttribute => ({
      name,
      type: binding.TF_ATTR_STRING,
      value,
    }),
  };
}
