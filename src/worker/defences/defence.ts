import type * as tf from '@tensorflow/tfjs-core';
import type { DefenceInfo } from '@shared/domain/catalogue';
import type { ParamValues } from '@shared/params';
import type { Scorer } from '../attacks/attack';

/** A score with the bounds it provably keeps, lab scale; null where the draws do not suffice for any. */
export interface CertifiedScore {
  readonly score: number;
  readonly certified: { readonly low: number; readonly high: number } | null;
}

/**
 * A defence is one file in this folder with a default export of this type; its id is the stem. It stands before a
 * scorer and is one: whatever scores or attacks a model can score or attack the two together.
 */
export interface DefenceDef extends DefenceInfo {
  /**
   * Model and defence as one scorer. Its gradient is what `gradient` says: exact, straight-through or expected.
   *
   * @param inner scores what the defence lets through: pictures or views, `[n, height, width, 3]` in [0, 1]
   * @param seed of everything random in it; the same seed gives the same scores
   */
  guard(inner: Scorer, params: Readonly<ParamValues>, seed: number): Scorer;
  /**
   * Score and bounds of one picture `[1, height, width, 3]`; only where `certifies`.
   * @param checkpoint awaited between draws
   */
  certify?(
    inner: Scorer,
    x: tf.Tensor4D,
    params: Readonly<ParamValues>,
    seed: number,
    checkpoint: () => Promise<void>,
  ): Promise<CertifiedScore>;
}
