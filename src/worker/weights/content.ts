import type { PickleDict } from '@shared/pickle/values';
import type { Storage } from './stored-tensor';
import type { WeightTensor, WeightsFormat } from './weights-file';

/** A container that has been understood, before any value of a tensor is read. */
export interface Content {
  readonly format: WeightsFormat;
  /** Names to `StoredTensor`s, further levels, and plain values. */
  readonly root: PickleDict;
  /** Bytes that all values together take: what the allocations of its tensors are held against. */
  readonly valueBytes: number;
  readonly notes: readonly string[];
  /** Brings tensors of another library into PyTorch's names and axes. */
  convert?(tensors: ReadonlyMap<string, WeightTensor>): Map<string, WeightTensor>;
  /** The bytes of a storage, little-endian. */
  read(storage: Storage): Promise<Uint8Array>;
}
