import { PickleDict } from '@shared/pickle/values';
import type { ByteSource } from './byte-source';
import type { Content } from './content';
import { dtypeBytes, isDType, type DType } from './dtype';
import { fromFlaxVit, isFlaxVit } from './flax-vit';
import type { Refusals } from './refusal';
import { StoredTensor, contiguousStrides, type Storage } from './stored-tensor';
import type { ZipArchive } from './zip';

/**
 * NumPy's archives: a ZIP with one .npy file per array, which is a magic text, a version, a description as a Python
 * dictionary, and the values (NumPy Enhancement Proposal 1). The ViT weights of Google Research come as these.
 */
const NPY = '.npy';
const MAX_HEADER_BYTES = 65_536;

export function isNpz(zip: ZipArchive): boolean {
  const names = [...zip.entries.keys()];
  return names.length > 0 && names.every((name) => name.endsWith(NPY));
}

/** @throws LabError saying what is damaged, or which number format is not read */
export async function readNpz(source: ByteSource, zip: ZipArchive): Promise<Content> {
  const root = new PickleDict();
  const starts = new Map<string, number>();
  let valueBytes = 0;
  for (const entry of zip.entries.values()) {
    const { start, dtype, shape, columnMajor } = parseNpy(await zip.read(entry), source.refuse);
    const storage = { key: entry.name, dtype, count: (entry.unpacked - start) / dtypeBytes(dtype) };
    const strides = columnMajor
      ? contiguousStrides(shape.toReversed()).reverse()
      : contiguousStrides(shape);
    const name = entry.name.slice(0, -NPY.length);
    root.entries.set(name, new StoredTensor(storage, 0, shape, strides, source.refuse));
    starts.set(storage.key, start);
    valueBytes += entry.unpacked;
  }
  const read = async ({ key }: Storage): Promise<Uint8Array> => {
    const entry = zip.entries.get(key);
    if (!entry) throw source.refuse.damaged(`is damaged: the values "${key}" are missing`);
    return (await zip.read(entry)).subarray(starts.get(key));
  };
  const names = [...root.entries.keys()].filter((name) => typeof name === 'string');
  const base = { format: 'npz' as const, root, valueBytes, read };
  if (!isFlaxVit(names)) return { ...base, notes: [] };
  return {
    ...base,
    notes: ['Names, axes and the three attention matrices were put into PyTorch’s order.'],
    convert: (tensors) => fromFlaxVit(tensors, source.refuse),
  };
}

interface Npy {
  readonly start: number;
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly columnMajor: boolean;
}

function parseNpy(bytes: Uint8Array, refuse: Refusals): Npy {
  const damaged = refuse.damaged('is damaged: an array in it has no description');
  if (bytes.length < 12 || String.fromCharCode(...bytes.subarray(0, 6)) !== '\x93NUMPY')
    throw damaged;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const long = view.getUint8(6) > 1;
  const length = long ? view.getUint32(8, true) : view.getUint16(8, true);
  const from = long ? 12 : 10;
  if (length > MAX_HEADER_BYTES || from + length > bytes.length) throw damaged;
  const text = String.fromCharCode(...bytes.subarray(from, from + length));
  const descr = /'descr':\s*'([<>|=])([a-z])(\d+)'/.exec(text);
  const order = /'fortran_order':\s*(True|False)/.exec(text)?.[1];
  const shape = /'shape':\s*\(([\d, ]*)\)/.exec(text)?.[1];
  if (!descr || !order || shape === undefined) {
    throw refuse.unsupported(
      'holds an array of something else than numbers',
      'Save the weights as arrays of 32-bit floats.',
    );
  }
  const [, endian, letter, size] = descr;
  const family = { f: 'F', i: 'I', u: 'U', b: 'BOOL' }[letter ?? ''];
  const dtype = family === 'BOOL' ? family : `${family}${8 * Number(size)}`;
  if (!isDType(dtype) || endian === '>') {
    throw refuse.unsupported(
      `holds an array of the number format ${endian}${letter}${size}, which is not read here`,
      'Save the weights as 32-bit floats.',
    );
  }
  return {
    start: from + length,
    dtype,
    shape: shape.split(',').flatMap((part) => (part.trim() === '' ? [] : [Number(part)])),
    columnMajor: order === 'True',
  };
}
