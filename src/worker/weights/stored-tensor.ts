import { PickleObject } from '@shared/pickle/values';
import { decodeValues, dtypeBytes, type DType } from './dtype';
import type { Refusals } from './refusal';

const MAX_RANK = 16;
/** A tensor that repeats its storage (stride 0) may be this long at most: no weight does, a small table may. */
const MAX_REPEATED = 65_536;

/** A run of numbers in a file; several tensors can look at one. */
export interface Storage {
  readonly key: string;
  readonly dtype: DType;
  /** Values, not bytes. */
  readonly count: number;
}

/** A tensor as a file describes it: nothing is read or allocated for it yet. */
export class StoredTensor extends PickleObject {
  readonly kind = 'tensor';
  /** Values of the tensor. */
  readonly count: number;

  /**
   * @param offset first value within the storage
   * @param strides steps between neighbours along each axis, in values
   * @throws LabError where the description does not fit into its storage
   */
  constructor(
    readonly storage: Storage,
    readonly offset: number,
    readonly shape: readonly number[],
    readonly strides: readonly number[],
    refuse: Refusals,
  ) {
    super();
    if (shape.length > MAX_RANK || shape.length !== strides.length) {
      throw refuse.damaged(
        `has a tensor of ${shape.length} axes and ${strides.length} strides, which is no weight`,
      );
    }
    const sound = [offset, ...shape, ...strides].every((n) => Number.isSafeInteger(n) && n >= 0);
    this.count = shape.reduce((product, size) => product * size, 1);
    const last = shape.reduce((at, size, axis) => at + (size - 1) * (strides[axis] ?? 0), offset);
    const outside = this.count > 0 && !(last < storage.count);
    if (!sound || outside || !Number.isSafeInteger(this.count)) {
      throw refuse.damaged(
        `has a tensor of shape [${shape.join(', ')}] from value ${offset} on, but its storage holds ${storage.count} values`,
      );
    }
    if (this.count > Math.max(storage.count, MAX_REPEATED)) {
      throw refuse.damaged(
        `has a tensor of shape [${shape.join(', ')}] that repeats the same ${storage.count} values`,
      );
    }
  }

  /** The tensor's values in row-major order, given the bytes of its storage. */
  values(bytes: Uint8Array): Float32Array<ArrayBuffer> {
    const { storage, shape, strides, offset, count } = this;
    if (count === 0) return new Float32Array();
    if (this.#isContiguous()) return decodeValues(bytes, storage.dtype, offset, count);
    const last = shape.reduce((at, size, axis) => at + (size - 1) * (strides[axis] ?? 0), 0);
    const span = decodeValues(bytes, storage.dtype, offset, last + 1);
    const from = new Uint32Array(span.buffer);
    const result = new Float32Array(count);
    const to = new Uint32Array(result.buffer);
    const index = shape.map(() => 0);
    let at = 0;
    for (let i = 0; i < count; i++) {
      to[i] = from[at] ?? 0;
      // Counts up like a mileage counter, the last axis fastest.
      for (let axis = shape.length - 1; axis >= 0; axis--) {
        const [position = 0, stride = 0] = [index[axis], strides[axis]];
        if (position + 1 < (shape[axis] ?? 0)) {
          index[axis] = position + 1;
          at += stride;
          break;
        }
        index[axis] = 0;
        at -= position * stride;
      }
    }
    return result;
  }

  #isContiguous(): boolean {
    let expected = 1;
    for (let axis = this.shape.length - 1; axis >= 0; axis--) {
      const size = this.shape[axis] ?? 0;
      if (size !== 1 && this.strides[axis] !== expected) return false;
      expected *= size;
    }
    return true;
  }
}

/** Row-major strides of a shape. */
export function contiguousStrides(shape: readonly number[]): number[] {
  const strides: number[] = [];
  let step = 1;
  for (const size of shape.toReversed()) {
    strides.unshift(step);
    step *= size;
  }
  return strides;
}

export function storageBytes({ count, dtype }: Storage): number {
  return count * dtypeBytes(dtype);
}
