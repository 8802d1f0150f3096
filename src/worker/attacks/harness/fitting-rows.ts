import * as tf from '@tensorflow/tfjs-core';
import { record } from '../../engine';
import type { Model } from '../../models/model';
import { evaluation } from './model-scorer';

/**
 * Memory that the saved tensors of one gradient pass may take, by engine. Constants, not shares of
 * what this computer has: the parts a batch is scored in decide the last bits of its numbers. All of
 * the wasm engine's memory is an address space of 4 GiB.
 */
function passBytes(): number {
  return (tf.getBackend() === 'wasm' ? 1 : 3) * 2 ** 30;
}

/**
 * How many views fit one gradient pass, from what the pass of a single one keeps: a large network
 * would otherwise take tens of gigabytes for the views of one picture.
 *
 * @param size of the views, pixels
 * @param budget bytes of saved tensors
 * @returns at least 1
 */
export function fittingRows(
  model: Model,
  size: { readonly height: number; readonly width: number },
  budget = passBytes(),
): number {
  const view = tf.fill<tf.Rank.R4>([1, size.height, size.width, 3], 0.5);
  const before = tf.memory().numBytes;
  const pass = record(() => model.forward(view, evaluation), [view]);
  const kept = tf.memory().numBytes - before;
  pass.dispose();
  view.dispose();
  return Math.max(1, Math.floor(budget / Math.max(1, kept)));
}
