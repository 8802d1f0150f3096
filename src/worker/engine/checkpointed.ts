import * as tf from '@tensorflow/tfjs-core';
import { record, tapeState } from './tape';

/**
 * Recomputation of activations (Chen, Xu, Zhang & Guestrin, 2016): a recorded pass keeps only what goes into a block, and
 * runs the block a second time when it is pulled back. Memory then grows with the number of blocks plus the largest one
 * instead of with all layers, for about one more forward pass.
 */
let recomputing = false;

/** Whether a block runs for the second time: what it leaves behind (running statistics) has happened already. */
export function isRecomputing(): boolean {
  return recomputing;
}

/**
 * Runs a block so that a recording keeps its inputs only. Outside a recording the block just runs.
 *
 * @param block pure function of its inputs and the parameters, apart from what `isRecomputing` guards; random draws must be
 *   functions of their key
 * @param inputs tensors that the block reads, other than parameters; the block must use those it is handed
 * @param parameters variables that the block reads
 * @returns the block's output; gradients are those of the block, bit by bit where the engine repeats itself
 */
export function checkpointed<T extends tf.Tensor, I extends tf.Tensor[]>(
  block: (...inputs: I) => T,
  inputs: I,
  parameters: readonly tf.Tensor[],
): T {
  const state = tapeState();
  const tape = state.activeTape;
  if (state.gradientDepth === 0 || tape === null) return block(...inputs);
  const output = unrecorded(() => tf.tidy(() => block(...inputs)));
  // Inputs are tidied away after the pass: the node owns handles of its own.
  const kept = inputs.map((input) => tf.keep(input.clone())) as I;
  const read = [...inputs, ...parameters];
  tape.push({
    id: -1,
    kernelName: 'Checkpointed',
    inputs: Object.fromEntries(read.map((tensor, i) => [String(i), tensor])),
    outputs: [output],
    saved: kept,
    pull: ([dy], names) => {
      if (!dy) throw new Error('checkpointed: a block needs the cotangent of its output');
      const leaves = names.map((name) => [...kept, ...parameters][Number(name)] as tf.Tensor);
      const gradients = pullAgain(() => block(...kept), dy, leaves);
      const present = names.flatMap((name, i) => {
        const gradient = gradients[i];
        return gradient ? [[name, gradient] as const] : [];
      });
      return Object.fromEntries(present);
    },
  });
  return output;
}

/** Records the block anew and pulls back through it once; null for a leaf that its output does not depend on. */
function pullAgain(
  block: () => tf.Tensor,
  dy: tf.Tensor,
  leaves: tf.Tensor[],
): (tf.Tensor | null)[] {
  const before = recomputing;
  recomputing = true;
  try {
    const pass = record(block, leaves);
    const gradients = pass.pullback(dy, leaves, { last: true });
    pass.dispose();
    return gradients;
  } finally {
    recomputing = before;
  }
}

/** Runs something as if no recording were under way. */
function unrecorded<T>(run: () => T): T {
  const state = tapeState();
  const { activeTape, gradientDepth } = state;
  state.activeTape = null;
  state.gradientDepth = 0;
  try {
    return run();
  } finally {
    state.activeTape = activeTape;
    state.gradientDepth = gradientDepth;
  }
}
