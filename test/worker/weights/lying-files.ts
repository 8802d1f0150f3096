import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { LabError } from '@shared/errors';
import { memorySource, readWeightsFrom, type WeightsFile } from '../../../src/worker/weights';
import { PickleWriter } from '../../../src/worker/weights/pickle-writer';
import { writeZip, type ZipPart } from '../../../src/worker/weights/zip-writer';

/** Written by torch 2.13: test/fixtures/weights/make.py. */
const folder = resolve(import.meta.dirname, '../../fixtures/weights');
export const fixture = (name: string): Uint8Array =>
  new Uint8Array(readFileSync(join(folder, name)));

export function read(bytes: Uint8Array, name = 'x.pt'): Promise<WeightsFile> {
  return readWeightsFrom(memorySource(name, bytes));
}

/** The values of a file, or the error a person would read; anything else fails the test. */
export async function outcome(bytes: Uint8Array): Promise<WeightsFile | LabError> {
  try {
    return await read(bytes);
  } catch (error) {
    if (error instanceof LabError) return error;
    throw error;
  }
}

export const latin1 = (text: string): Uint8Array => Uint8Array.from(text, (c) => c.charCodeAt(0));
export const byte = (value: number): string => value.toString(16).padStart(2, '0');
export const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'hex'));

/** A PyTorch ZIP with any pickle in it, and values for storages "0", "1", ... */
export function torchZip(pickle: Uint8Array, ...storages: Uint8Array[]): Uint8Array {
  const parts: ZipPart[] = [{ name: 'x/data.pkl', bytes: pickle }];
  storages.forEach((bytes, key) => parts.push({ name: `x/data/${key}`, bytes }));
  return writeZip(parts, 64);
}

export interface Claim {
  readonly count: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
  readonly offset?: number;
}

/** A state dict whose tensors all claim things of the storage "0". */
export function claims(...tensors: Claim[]): Uint8Array {
  const pickle = new PickleWriter();
  pickle.emptyDict().entries(() =>
    tensors.forEach(({ count, shape, strides, offset = 0 }, i) => {
      pickle.text(`w${i}`).call('torch._utils', '_rebuild_tensor_v2', () => {
        pickle.persistent(() =>
          pickle
            .text('storage')
            .global('torch', 'FloatStorage')
            .text('0')
            .text('cpu')
            .number(count),
        );
        pickle.number(offset);
        pickle.tuple(() => shape.forEach((size) => pickle.number(size)));
        pickle.tuple(() => strides.forEach((step) => pickle.number(step)));
        pickle.false().emptyOrderedDict();
      });
    }),
  );
  return pickle.finish();
}

/** The old container around the same description: magic number, protocol, machine, object, keys; then the values. */
export function legacy(pickle: Uint8Array, keys: string[], values: Uint8Array): Uint8Array {
  const start = fixture('legacy.pth').subarray(0, 137);
  const list = new PickleWriter().plain(keys).finish();
  return Uint8Array.from([...start, ...pickle, ...list, ...values]);
}

export const sentence = (bytes: Uint8Array): Promise<string> =>
  read(bytes).then(
    () => 'was read',
    (error: unknown) => {
      if (error instanceof LabError) return error.message;
      throw error;
    },
  );
