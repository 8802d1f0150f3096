import type * as tf from '@tensorflow/tfjs-core';
import type { LossValue } from './losses';
import { firstColumn } from './gradient-norm';
import type { StepSettings } from './step';

/**
 * The quality loss with its derivative with respect to the output on the scale of the settings, row-major like the output.
 *
 * @param output of a model, native: scores `[n]`, or `[n, heads]` of which the first column counts
 * @param y ratings `[n]` on the scale of `settings.scale`
 */
export function judge(
  { loss, scale }: Pick<StepSettings, 'loss' | 'scale'>,
  output: tf.Tensor1D | tf.Tensor2D,
  y: Float32Array,
): LossValue {
  const native = output.dataSync<'float32'>();
  if (loss.judgesHeads) {
    // Such a loss compares shapes, not values: it sees the outputs as they are.
    const { value, gradient } = loss.evaluate(native, y);
    return { value, gradient: gradient.map((slope) => slope / scale.scale) };
  }
  const heads = output.shape[1] ?? 1;
  const { value, gradient } = loss.evaluate(firstHead(native, heads, y.length, scale), y);
  return { value, gradient: firstColumn(gradient, heads) };
}

/** First column of the outputs, on the scale of the settings. */
export function firstHead(
  native: Float32Array,
  heads: number,
  count: number,
  { scale, offset }: StepSettings['scale'],
): Float32Array {
  return Float32Array.from(
    { length: count },
    (_, i) => scale * (native[i * heads] ?? Number.NaN) + offset,
  );
}
