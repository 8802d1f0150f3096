/**
 * Weight layouts. State dicts are PyTorch's everywhere (files, checkpoints, `stateDict()`); the engines want the
 * channel axes last. The conversion happens once, when a weight is loaded or stored.
 *
 *   conv    (out, in, height, width)  <->  [height, width, in, out]
 *   linear  (out, in)                 <->  [in, out]
 *   plain   unchanged (biases, normalisation vectors, buffers)
 */
export type Layout = 'conv' | 'linear' | 'plain';

/** Shape on the engine of a weight whose PyTorch shape is given. */
export function engineShape(layout: Layout, shape: readonly number[]): number[] {
  if (layout === 'plain') return [...shape];
  const [outputs = 1, inputs = 1, ...kernel] = shape;
  return [...kernel, inputs, outputs];
}

/** PyTorch order to engine order; `shape` is PyTorch's. */
export function toEngine(
  layout: Layout,
  data: Float32Array,
  shape: readonly number[],
): Float32Array {
  return layout === 'plain' ? data : reorder(data, shape, 'to-engine');
}

/** Engine order to PyTorch order; `shape` is PyTorch's. */
export function toState(
  layout: Layout,
  data: Float32Array,
  shape: readonly number[],
): Float32Array {
  return layout === 'plain' ? data : reorder(data, shape, 'to-state');
}

/** (out, in, k) against [k, in, out], where k runs over the flattened kernel positions. */
function reorder(
  data: Float32Array,
  shape: readonly number[],
  direction: 'to-engine' | 'to-state',
): Float32Array {
  const [outputs = 1, inputs = 1, ...kernel] = shape;
  const positions = kernel.reduce((product, size) => product * size, 1);
  const result = new Float32Array(data.length);
  let state = 0;
  for (let o = 0; o < outputs; o++) {
    for (let i = 0; i < inputs; i++) {
      for (let k = 0; k < positions; k++, state++) {
        const engine = (k * inputs + i) * outputs + o;
        if (direction === 'to-engine') result[engine] = data[state] ?? 0;
        else result[state] = data[engine] ?? 0;
      }
    }
  }
  return result;
}
