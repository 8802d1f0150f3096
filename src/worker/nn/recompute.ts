import type * as tf from '@tensorflow/tfjs-core';
import { checkpointed } from '../engine';
import type { Module } from './module';

/**
 * Runs a block of a network; with `on`, its activations are computed again when gradients pass through it instead of
 * being kept until then. Scores and gradients are the same.
 *
 * @param module holds every weight the block reads
 * @param block reads the inputs it is handed, and no other tensor than the module's weights
 */
export function recomputed<T extends tf.Tensor, I extends tf.Tensor[]>(
  on: boolean | undefined,
  module: Module,
  inputs: I,
  block: (...inputs: I) => T,
): T {
  if (!on) return block(...inputs);
  return checkpointed(block, inputs, [...module.parameters().values()]);
}
