import { describe, expect, test } from 'vitest';
import { LabError } from '@shared/errors';
import { readSafetensors, writeSafetensors } from '../../../src/worker/weights/safetensors';

/** A file with any header and any data, valid or not. */
function file(header: unknown, data: number[] | Uint8Array = []): Uint8Array {
  const json = new TextEncoder().encode(
    typeof header === 'string' ? header : JSON.stringify(header),
  );
  const bytes = new Uint8Array(8 + json.length + data.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true);
  bytes.set(json, 8);
  bytes.set(data, 8 + json.length);
  return bytes;
}

const one = { dtype: 'F32', shape: [1], data_offsets: [0, 4] };

describe('safetensors', () => {
  test('writing and reading keeps names, order, shapes, metadata and every bit', () => {
    const bits = Uint32Array.of(
      0x3f800000,
      0x80000000,
      0x7f800001,
      0xffc12345,
      0x00000001,
      0x7f7fffff,
    );
    const data = new Float32Array(bits.buffer);
    const tensors = new Map([
      ['b', { shape: [2, 3], data }],
      ['a', { shape: [], data: Float32Array.of(7) }],
      ['empty', { shape: [0, 4], data: new Float32Array() }],
    ]);
    const read = readSafetensors(writeSafetensors(tensors, new Map([['epoch', '3']])));
    expect([...read.tensors.keys()]).toEqual(['b', 'a', 'empty']);
    expect([...read.tensors.values()].map((tensor) => tensor.shape)).toEqual([[2, 3], [], [0, 4]]);
    const got = read.tensors.get('b')?.data ?? new Float32Array();
    // Compared as integers: two NaNs with different bits are different weights files.
    expect(new Uint32Array(got.buffer, got.byteOffset, got.length)).toEqual(bits);
    expect(read.metadata.get('epoch')).toBe('3');
  });

  test('the bytes are those of the published layout', () => {
    const bytes = writeSafetensors(new Map([['w', { shape: [1], data: Float32Array.of(1) }]]));
    const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
    expect(length % 8).toBe(0);
    const header = new TextDecoder().decode(bytes.subarray(8, 8 + length));
    expect(JSON.parse(header)).toEqual({ w: { dtype: 'F32', shape: [1], data_offsets: [0, 4] } });
    // 1.0 in little-endian IEEE 754.
    expect([...bytes.subarray(8 + length)]).toEqual([0, 0, 0x80, 0x3f]);
  });

  test('a view into a larger buffer is read at its own offset', () => {
    const bytes = writeSafetensors(new Map([['w', { shape: [2], data: Float32Array.of(1, 2) }]]));
    const larger = new Uint8Array(bytes.length + 3);
    larger.set(bytes, 3);
    expect([...(readSafetensors(larger.subarray(3)).tensors.get('w')?.data ?? [])]).toEqual([1, 2]);
  });

  test.each([
    ['shorter than its header', new Uint8Array(5), 'shorter than its own header'],
    ['a header longer than the file', file({}).fill(0xff, 0, 4), 'header claims'],
    ['no JSON', file('{'), 'not valid JSON'],
    ['an array as header', file([]), 'not a JSON object'],
    ['a tensor without description', file({ w: 3 }), 'has no description'],
    ['a negative size', file({ w: { ...one, shape: [-1] } }), 'bad shape'],
    ['a fractional size', file({ w: { ...one, shape: [0.5] } }), 'bad shape'],
    ['too many axes', file({ w: { ...one, shape: Array<number>(40).fill(1) } }), 'bad shape'],
    ['a size that overflows', file({ w: { ...one, shape: [2 ** 40, 2 ** 40] } }), 'has 4 bytes'],
    ['offsets that are no pair', file({ w: { ...one, data_offsets: [0] } }), 'bad offsets'],
    [
      'a length that is not the shape’s',
      file({ w: { ...one, shape: [3] } }, [0, 0, 0, 0]),
      'has 4 bytes',
    ],
    ['less data than promised', file({ w: one }, [0, 0]), 'tensors take 4 bytes, the file holds 2'],
    ['data nobody claims', file({ w: one }, [0, 0, 0, 0, 9]), 'the file holds 5'],
    ['overlapping tensors', file({ v: one, w: one }, [0, 0, 0, 0]), 'does not start where'],
    [
      'a gap',
      file({ w: { ...one, data_offsets: [4, 8] } }, new Uint8Array(8)),
      'does not start where',
    ],
    ['metadata that is no text', file({ __metadata__: { a: 1 } }), 'is not a text'],
  ])('%s is refused in words, before anything is allocated for it', (_name, bytes, reason) => {
    expect(() => readSafetensors(bytes)).toThrow(LabError);
    expect(() => readSafetensors(bytes)).toThrow(reason);
  });

  test('another number format is named', () => {
    expect(() => readSafetensors(file({ w: { ...one, dtype: 'BF16' } }, [0, 0, 0, 0]))).toThrow(
      '"BF16"; only F32 is read',
    );
  });

  test('a name from the file cannot reach an object’s prototype', () => {
    const header = '{"__proto__":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}';
    const { tensors } = readSafetensors(file(header, [0, 0, 0x80, 0x3f]));
    expect(tensors.get('__proto__')?.data[0]).toBe(1);
    expect(Object.prototype).not.toHaveProperty('dtype');
  });
});
