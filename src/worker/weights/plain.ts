import {
  PickleDict,
  PickleList,
  PickleSet,
  PickleTuple,
  type PickleValue,
} from '@shared/pickle/values';
import { NumpyArray } from './numpy-values';
import { StoredTensor } from './stored-tensor';
import type { PlainValue } from './weights-file';

/** Settings and results of one file have so many values at most; what is longer is state that nobody reads. */
const MAX_NODES = 5000;
const MAX_ARRAY = 64;
/** A small tensor may be a part of a large storage, which is not worth reading for it. */
const MAX_STORAGE = 4096;
const MAX_DEPTH = 8;

/** A value that is more than plain data, or more of it than anyone reads. */
class NotPlain extends Error {}

/** How many more values of a file are turned into plain data. */
export interface PlainBudget {
  nodes: number;
}

export function plainBudget(): PlainBudget {
  return { nodes: MAX_NODES };
}

/**
 * A value of a file as plain data: texts, numbers, lists, dictionaries; small tensors and arrays as numbers.
 * @param read the values of a small tensor
 * @param budget shared by all values of the file, and reduced
 * @returns undefined for anything else
 */
export async function toPlain(
  value: PickleValue,
  read: (tensor: StoredTensor) => Promise<Float32Array>,
  budget: PlainBudget,
): Promise<PlainValue | undefined> {
  const numbers = (values: Iterable<number>, single: boolean): PlainValue => {
    const list = [...values];
    return single ? (list[0] ?? null) : list;
  };
  const convert = async (item: PickleValue, depth: number): Promise<PlainValue> => {
    if (--budget.nodes < 0 || depth > MAX_DEPTH) throw new NotPlain();
    if (item === null || typeof item === 'boolean' || typeof item === 'number') return item;
    if (typeof item === 'string') return item;
    if (typeof item === 'bigint') return item.toString();
    if (item instanceof StoredTensor && isSmall(item)) {
      return numbers(await read(item), item.count === 1);
    }
    if (item instanceof NumpyArray && item.count <= MAX_ARRAY) {
      return numbers(item.values(), item.count === 1);
    }
    if (item instanceof PickleList || item instanceof PickleTuple || item instanceof PickleSet) {
      const list: PlainValue[] = [];
      for (const child of item.items) list.push(await convert(child, depth + 1));
      return list;
    }
    if (item instanceof PickleDict) {
      const pairs: [string, PlainValue][] = [];
      for (const [key, child] of item.entries) {
        if (typeof key !== 'string' && typeof key !== 'number') throw new NotPlain();
        pairs.push([String(key), await convert(child, depth + 1)]);
      }
      return Object.fromEntries(pairs);
    }
    throw new NotPlain();
  };
  try {
    return await convert(value, 0);
  } catch (error) {
    if (error instanceof NotPlain) return undefined;
    throw error;
  }
}

function isSmall({ count, storage }: StoredTensor): boolean {
  return count <= MAX_ARRAY && storage.count <= MAX_STORAGE;
}
