import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { unzipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import {
  memorySource,
  readWeights,
  readWeightsFrom,
  writeTorch,
  type WeightTensor,
} from '../../../src/worker/weights';
import { realData } from '../../helpers/real-data';
import { useTempDir } from '../../helpers/temp-dir';
import { torchPython } from '../../helpers/torch-python';

const inTemp = useTempDir();
const scnn = realData('weights', 'scnn.pkl');

const tensors = new Map<string, WeightTensor>([
  ['conv.weight', { shape: [2, 1, 1, 3], data: Float32Array.of(0.5, -1, 2.25, 1e-40, -0, 3e38) }],
  ['bn.num_batches_tracked', { shape: [], data: Float32Array.of(70_000) }],
  ['table', { shape: [3], data: Float32Array.of(-1, 2, 3), dtype: 'I64' }],
  ['gewicht_ä', { shape: [1], data: Float32Array.of(7) }],
  ['empty', { shape: [0, 4], data: new Float32Array() }],
]);
const beside = { k: [1.5, -2, 2 ** 40], b: [0.1], name: 'fused', done: true, none: null };

/** Prints files as torch reads them, copied and mapped: every tensor with its type, shape and bits, and the rest. */
const SHOW = `
import json, sys, torch
for path in sys.argv[1:]:
    for mmap in [False, True]:
        file = torch.load(path, weights_only=True, mmap=mmap)
        state = file.get("model", file)
        print(json.dumps({
            "tensors": [
                [name, str(t.dtype), list(t.shape), t.reshape(-1).view(torch.int32).tolist()]
                for name, t in state.items()
            ],
            "beside": {name: value for name, value in file.items() if state is not file and name != "model"},
            "type": type(state).__name__,
        }))
`;

/** Whether two files hold the same state dict, but for DataParallel's prefix. */
const SAME = `
import sys, torch
a, b = (torch.load(path, map_location="cpu", weights_only=True) for path in sys.argv[1:])
a = {name.removeprefix("module."): tensor for name, tensor in a.items()}
print(len(b), list(a) == list(b) and all(torch.equal(a[name], b[name]) for name in a))
`;

describe('writeTorch', () => {
  it('writes the pickle that torch.save would, opcode by opcode', () => {
    const one = new Map([['w', { shape: [2], data: Float32Array.of(1, 2) }]]);
    const files = unzipSync(writeTorch(one));
    expect(Object.keys(files)).toEqual([
      'archive/data.pkl',
      'archive/byteorder',
      'archive/data/0',
      'archive/version',
    ]);
    const text = (name: string): string => Buffer.from(files[name] ?? []).toString('latin1');
    expect(text('archive/byteorder')).toBe('little');
    expect(text('archive/version')).toBe('3\n');
    // 1.0 and 2.0 in little-endian IEEE 754.
    expect([...(files['archive/data/0'] ?? [])]).toEqual([0, 0, 0x80, 0x3f, 0, 0, 0, 0x40]);
    // As pickletools names them; J is a 4-byte number, X a text with its length.
    const j = (value: number): string => `J${String.fromCharCode(value)}\0\0\0`;
    const x = (value: string): string => `X${String.fromCharCode(value.length)}\0\0\0${value}`;
    const dict = 'ccollections\nOrderedDict\n(tR';
    const storage = `(${x('storage')}ctorch\nFloatStorage\n${x('0')}${x('cpu')}${j(2)}tQ`;
    expect(text('archive/data.pkl')).toBe(
      `\x80\x02${dict}(${x('w')}ctorch._utils\n_rebuild_tensor_v2\n` +
        `(${storage}${j(0)}(${j(2)}t(${j(1)}t\x89${dict}tRu.`,
    );
  });

  it('places values where PyTorch can map them into memory, and writes equal files for equal weights', () => {
    const file = writeTorch(tensors, beside);
    const view = new DataView(file.buffer);
    let at = 0;
    let values = 0;
    while (view.getUint32(at, true) === 0x04034b50) {
      const [nameLength, extra] = [view.getUint16(at + 26, true), view.getUint16(at + 28, true)];
      const start = at + 30 + nameLength + extra;
      expect(start % 64).toBe(0);
      values++;
      at = start + view.getUint32(at + 18, true);
    }
    expect(values).toBe(8);
    // Of the file that torch 2.13 opened in the test below: another hash is a file that torch has not seen.
    expect(createHash('sha256').update(file).digest('hex')).toBe(
      'ab3c612b616233b624d4318dc84585b9cd1442c674da168d8f4781c832403e71',
    );
  });

  it('what was written is read back, bit for bit', async () => {
    for (const values of [undefined, beside]) {
      const file = await readWeightsFrom(memorySource('w.pt', writeTorch(tensors, values)));
      expect(file.extra).toEqual(values ?? {});
      expect([...file.tensors.keys()]).toEqual([...tensors.keys()]);
      for (const [name, { shape, data }] of tensors) {
        expect(file.tensors.get(name)?.shape).toEqual(shape);
        expect(Buffer.from(file.tensors.get(name)?.data.buffer as ArrayBuffer)).toEqual(
          Buffer.from(data.buffer as ArrayBuffer),
        );
      }
    }
  });

  it('refuses a tensor whose values are not those of its shape', () => {
    const wrong = new Map([['w', { shape: [3], data: Float32Array.of(1) }]]);
    expect(() => writeTorch(wrong)).toThrow('"w" of shape [3] holds 1 values');
  });

  it.skipIf(torchPython.missing)(
    'torch.load(weights_only=True) reads the same bits (needs IQALAB_PYTHON)',
    async () => {
      const bits = ({ data }: WeightTensor): number[] => [...new Int32Array(data.buffer)];
      const whole = (values: readonly number[]): number[] =>
        values.flatMap((v) => [v, v < 0 ? -1 : 0]);
      const expected = [...tensors].map(([name, tensor]) => {
        const long = name === 'table' || name.endsWith('num_batches_tracked');
        const type = long ? 'torch.int64' : 'torch.float32';
        return [name, type, tensor.shape, long ? whole([...tensor.data]) : bits(tensor)];
      });
      const paths = [inTemp('plain.pt'), inTemp('beside.pt')];
      await writeFile(paths[0] ?? '', writeTorch(tensors));
      await writeFile(paths[1] ?? '', writeTorch(tensors, beside));
      const lines = (await torchPython.run(SHOW, ...paths)).trim().split('\n');
      const seen = lines.map((line): unknown => JSON.parse(line));
      expect(seen).toEqual(
        [{}, {}, beside, beside].map((rest) => ({
          tensors: expected,
          beside: rest,
          type: 'OrderedDict',
        })),
      );
    },
  );

  it.skipIf(torchPython.missing || scnn.missing)(
    'scnn.pkl read and written here is the same to PyTorch (needs IQALAB_PYTHON)',
    async () => {
      const { tensors: read } = await readWeights(scnn.path);
      const path = inTemp('scnn.pt');
      await writeFile(path, writeTorch(read));
      expect((await torchPython.run(SAME, scnn.path, path)).trim()).toBe('68 True');
    },
  );
});
