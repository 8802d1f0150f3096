import type * as tf from '@tensorflow/tfjs-core';
import type { Preset } from '@shared/domain/catalogue';
import type { ParamSpec, ParamValues } from '@shared/params';
import type { Plan } from './plan';

/**
 * A model is one file in this folder with a default export of this type; its id is the file's stem.
 * Forms, the command line, the conformance suite and the documentation derive from it.
 */
export interface ModelDef {
  readonly id: string;
  /** Raised when stored runs would mean something else. */
  readonly version: number;
  readonly title: string;
  /** Authors, venue, year. */
  readonly citation: string;
  readonly summary: string;
  /** Architecture settings. */
  readonly params: readonly ParamSpec[];
  /** This model's own defaults for the shared trainer and NT settings. */
  readonly recipe: {
    readonly trainer: ParamValues;
    readonly nt: ParamValues;
    /** Settings of this model's training alone: stored, shown and checked with the trainer's. */
    readonly settings?: readonly ParamSpec[];
    /** Stages and groups; absent: one stage, one group, the trainer's optimiser. */
    readonly plan?: Plan;
    /** What the paper uses for this model, by setting; absent: what the shared settings say of their own accord. */
    readonly paper?: Readonly<Record<string, PaperValue>>;
    /** Ids of the settings that add up to the plan's number of epochs; absent: `epochs` alone. */
    readonly epochSettings?: readonly string[];
  };
  readonly presets: readonly Preset[];
  /** Settings of the same network made small enough to train in seconds, for tests; absent where the defaults are. */
  readonly miniature?: ParamValues;
  /**
   * What the model scores: crops of a fixed size, or the whole image (optionally resized); one shape for training and
   * scoring, or one for each.
   *
   * @param values checked settings of the architecture
   * @param trainer checked trainer settings, this model's own included
   */
  views(
    values: Readonly<ParamValues>,
    trainer: Readonly<ParamValues>,
  ): ViewShape | { readonly train: ViewShape; readonly test: ViewShape };
  /** Whether its models have a `mapping`: offers the settings that only make sense with one. */
  readonly mapped?: boolean;
  /** Whether training passes leave parts out at random (dropout): offers the settings that only make sense with it. */
  readonly drops?: boolean;
  /** Native output to lab scale: lab = scale * native + offset. */
  readonly labScale: { readonly scale: number; readonly offset: number };
  build(values: Readonly<ParamValues>, seed: number): Model;
}

/** A value of the gradient-norm paper or of a model's own, and where it stands. */
export interface PaperValue {
  readonly value: number | string;
  readonly source: string;
}

/**
 * A crop has the size given. A whole picture is brought to the size given, or left as it is where null. Before that, the
 * picture is brought to the sizes of `resized`, one after the other (bilinear, as Pillow does it, unless a size says so).
 */
export type ViewShape = { readonly resized?: readonly FixedSize[] } & (
  | { readonly kind: 'crop'; readonly height: number; readonly width: number }
  | { readonly kind: 'whole'; readonly height: number | null; readonly width: number | null }
);

export interface FixedSize {
  readonly height: number;
  readonly width: number;
  /** Absent: bilinear. `cubic` is OpenCV's bicubic. */
  readonly filter?: 'cubic';
}

export interface ForwardContext {
  readonly training: boolean;
  /** Key of counter-based randomness (dropout); two passes with one key draw one mask. */
  readonly seed: number;
  readonly step: number;
  /** Whether BatchNorm uses batch statistics, and whether it updates the running ones. */
  readonly batchNorm: 'batch' | 'batch-frozen' | 'running';
  /** Whether blocks that can (see `recomputed` in nn) save memory by computing their activations twice. */
  readonly recompute?: boolean;
}

export interface Line {
  readonly scale: number;
  readonly offset: number;
}

export interface OutputMapping {
  /** One line per head, in the order of `heads`; none while nothing has been fitted (scores are then native). */
  get(): readonly Line[];
  set(lines: readonly Line[]): void;
}

export interface Model {
  /** Pixel normalisation inside the model: n = (x - mean) / std, per channel. */
  readonly normalisation: { readonly mean: readonly number[]; readonly std: readonly number[] };
  /**
   * @param x views `[batch, height, width, 3]` float32 in [0, 1], RGB
   * @returns native scores `[batch]`
   */
  forward(x: tf.Tensor4D, context: ForwardContext): tf.Tensor1D;
  /**
   * Every output of a model with several, `[batch, heads]`, native, before any mapping; the first column is the one
   * `forward` reports. Losses that judge several heads use it.
   */
  heads?(x: tf.Tensor4D, context: ForwardContext): tf.Tensor2D;
  /**
   * Least-squares line from a head's native output to the ratings, fitted once training is over (lab = scale * native +
   * offset, per head). Stored with the weights; `forward` applies the first head's. A model with a mapping has `heads`:
   * training and fitting look at the outputs themselves.
   */
  readonly mapping?: OutputMapping;
  /**
   * Beginnings of state-dict names whose weights published files hold but no score depends on: they never get a
   * gradient, and no optimiser touches them.
   */
  readonly idle?: readonly string[];
  /** Trainable tensors by state-dict name. */
  parameters(): ReadonlyMap<string, tf.Variable>;
  /** Everything a checkpoint holds, by PyTorch state-dict name and in PyTorch layout. */
  stateDict(): Map<string, { shape: number[]; data: Float32Array }>;
  loadStateDict(state: ReadonlyMap<string, { shape: readonly number[]; data: Float32Array }>): void;
  dispose(): void;
}
