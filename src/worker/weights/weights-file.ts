import type { DType } from './dtype';

/** One tensor of a weights file. */
export interface WeightTensor {
  /** PyTorch's shape and order of values; a single number has no axes. */
  readonly shape: readonly number[];
  /** Row-major, whatever the file's strides and number format were. */
  readonly data: Float32Array;
  /** The file's number format; absent: F32. Whole numbers beyond 2^24 are rounded in `data`. */
  readonly dtype?: DType;
}

export type WeightsFormat = 'safetensors' | 'torch-zip' | 'torch-legacy' | 'npz';

/** Plain data that a file holds beside its weights. */
export type PlainValue =
  null | boolean | number | string | readonly PlainValue[] | { readonly [key: string]: PlainValue };

export interface WeightsFile {
  readonly format: WeightsFormat;
  /** Path inside the wheel or archive the weights came in; null for a file of its own. */
  readonly entry: string | null;
  /** By state-dict name, in the file's order, without the levels and prefixes listed in `stripped`. */
  readonly tensors: ReadonlyMap<string, WeightTensor>;
  /** Values beside the weights, e.g. `epoch`, or `k` and `b` of LinearityIQA; texts of a safetensors file. */
  readonly extra: Readonly<Record<string, PlainValue>>;
  /** What was taken off the names, outermost first: a level `model`, a prefix `module.`. */
  readonly stripped: readonly string[];
  /** Sentences a person should see: parts left out, number formats changed, values that are not finite. */
  readonly notes: readonly string[];
}

export interface ReadOptions {
  /** Which file of a wheel or archive: its path there, or the end of it. */
  readonly entry?: string;
}
