import type * as tf from '@tensorflow/tfjs-core';
import type { AttackInfo } from '@shared/domain/catalogue';
import type { ParamValues } from '@shared/params';
import type { PlainValue, WeightTensor } from '../weights';

/**
 * What an attack sees of a model: scores and gradients of a batch of pictures on the lab scale.
 * An attack never sees a model file, and never grades its own work: the harness projects, re-scores
 * and measures.
 */
export interface Scorer {
  /**
   * Lab-scale scores `[n]` of pictures `[n, height, width, 3]` float32 in [0, 1].
   * Asynchronous because large batches are scored in parts, with the event loop served in between.
   */
  score(x: tf.Tensor4D): Promise<tf.Tensor1D>;
  /**
   * Scores and the gradient of each picture's own score with respect to its pixels.
   * @param weights per-picture factor on the gradient, `[n]`; 1 when absent
   */
  scoreAndGradient(
    x: tf.Tensor4D,
    weights?: tf.Tensor1D,
  ): Promise<{ score: tf.Tensor1D; gradient: tf.Tensor4D }>;
}

/** A weight file, opened. */
export interface AttackWeights {
  /** What it was recognised as (src/worker/weights/layouts/<id>.ts), and in which size. */
  readonly id: string;
  readonly variant: string;
  /** By the layout's names, in PyTorch's shapes. */
  readonly tensors: ReadonlyMap<string, WeightTensor>;
  /** Plain values that the file holds beside its tensors. */
  readonly extra: Readonly<Record<string, PlainValue>>;
}

/** Top left corner of a piece of a picture. */
export interface Place {
  readonly top: number;
  readonly left: number;
}

export interface HasDispose {
  dispose(): void;
}

export interface AttackContext {
  readonly scorer: Scorer;
  /** Clean lab-scale scores `[n]`, by the path that also scores the attacked pictures. */
  readonly clean: tf.Tensor1D;
  /** Seed of picture i; all randomness of picture i derives from it, whatever the batch. */
  readonly seeds: readonly number[];
  /** Where piece i lies in its picture, in pixels; the whole picture lies at 0, 0. */
  readonly places: readonly Place[];
  /** What the model's own output is: lab = scale * native + offset. */
  readonly labScale: { readonly scale: number; readonly offset: number };
  /**
   * Tensors of a weight file, by the id of a `weights` setting or of an entry in `needs`. The host
   * has made sure that it is there; asking for what was not declared throws.
   */
  weights(need: string): AttackWeights;
  /**
   * Something costly that all pictures share, such as a network built from a file: built when it is
   * first asked for, disposed when the batch ends.
   */
  once<T extends HasDispose>(key: string, build: () => T): T;
  /** Awaited between steps, so that pause and stop get through. Throws LabError `cancelled`. */
  checkpoint(): Promise<void>;
  /**
   * Tells what the attack increases, one value per picture, at the pictures it scored last. Only
   * recorded, and only for traced pictures: absent otherwise.
   */
  readonly tellLoss?: (loss: readonly number[]) => void;
}

export interface AttackOutcome {
  /** `[n, height, width, 3]`; the harness projects it into the ball and into [0, 1]. */
  readonly adversarial: tf.Tensor4D;
  /** Per picture: +1 raised, -1 lowered. */
  readonly direction: Int8Array;
  readonly steps: number;
  /** Share of exactly zero gradient entries at the first step, per picture. */
  readonly zeroGradientShare: Float32Array;
}

/** An attack is one file in this folder with a default export of this type; its id is the stem. */
export interface AttackDef extends AttackInfo {
  /**
   * Whether the first gradient is taken at the picture itself: it is then had together with the
   * clean score. Absent: no.
   */
  readonly startsAtPicture?: (params: Readonly<ParamValues>) => boolean;
  /** The ball the harness projects into, in [0, 1] pixel units; null when the attack has none. */
  budget(params: Readonly<ParamValues>): { readonly norm: 'linf'; readonly epsilon: number } | null;
  run(
    x: tf.Tensor4D,
    params: Readonly<ParamValues>,
    context: AttackContext,
  ): Promise<AttackOutcome>;
}
