import type { ParamSpec, ParamValues } from '@shared/params';

/**
 * A quality loss on a batch of scores. Losses work on plain numbers in double precision: a batch has a few hundred
 * scores, every engine then agrees, and the derivative is written down instead of left to an automatic rule
 * (tfjs gives |x| the slope -1 at 0).
 */
export interface LossDef {
  /** The file's stem. */
  readonly id: string;
  readonly title: string;
  readonly help: string;
  readonly params: readonly ParamSpec[];
  /** Judges every head of a model that has several, on the outputs' own scale; else the score, on the loss's scale. */
  readonly judgesHeads?: boolean;
  /**
   * @param prediction scores `[n]`, or `[n, heads]` row-major where it judges heads
   * @param target ratings `[n]`; n >= 1
   * @param values trainer settings with this loss's own; its defaults where absent
   */
  evaluate(
    prediction: Float32Array,
    target: Float32Array,
    values?: Readonly<ParamValues>,
  ): LossValue;
}

export interface LossValue {
  /** Mean over the batch. */
  readonly value: number;
  /** d value / d prediction, of its length and order. */
  readonly gradient: Float64Array;
}

/** Mean of a loss that treats each score alone. */
export function meanOf(
  prediction: Float32Array,
  target: Float32Array,
  each: (error: number) => { value: number; slope: number },
): LossValue {
  const n = prediction.length;
  if (n === 0 || n !== target.length) {
    throw new Error(`loss: needs as many targets as predictions, got ${n} and ${target.length}`);
  }
  const gradient = new Float64Array(n);
  let sum = 0;
  for (let i = 0; i < n; i++) {
    const { value, slope } = each((prediction[i] ?? 0) - (target[i] ?? 0));
    sum += value;
    gradient[i] = slope / n;
  }
  return { value: sum / n, gradient };
}
