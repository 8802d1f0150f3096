import { PickleDict } from '@shared/pickle/values';
import type { ByteSource } from './byte-source';
import type { Content } from './content';
import { dtypes } from './dtype';
import { headerEnd, readHeader } from './safetensors';
import { StoredTensor, contiguousStrides, storageBytes } from './stored-tensor';

/** A safetensors file of any number format, read by range. @throws LabError as `readSafetensors` */
export async function readSafetensorsContent(source: ByteSource): Promise<Content> {
  const start = headerEnd(await source.read(0, Math.min(8, source.size)), source.size);
  const dataBytes = source.size - start;
  const { entries, metadata } = readHeader(await source.read(8, start - 8), dataBytes, dtypes);
  const root = new PickleDict();
  const offsets = new Map<string, number>();
  for (const [key, text] of metadata) root.entries.set(key, text);
  for (const { name, dtype, shape, begin, count } of entries) {
    const storage = { key: name, dtype, count };
    offsets.set(name, start + begin);
    root.entries.set(
      name,
      new StoredTensor(storage, 0, shape, contiguousStrides(shape), source.refuse),
    );
  }
  return {
    format: 'safetensors',
    root,
    valueBytes: source.size,
    notes: [],
    read: (storage) => source.read(offsets.get(storage.key) ?? source.size, storageBytes(storage)),
  };
}
