import { readPickle } from '@shared/pickle/read-pickle';
import type { ByteSource } from './byte-source';
import type { Content } from './content';
import { storageBytes, type Storage } from './stored-tensor';
import { rootDict, torchRules } from './torch-rules';
import type { ZipArchive } from './zip';

/**
 * Files of PyTorch 1.6 and later: a ZIP with `<name>/data.pkl`, which describes the object, and one entry
 * `<name>/data/<key>` per storage.
 */
const PICKLE = /^[^/]+\/data\.pkl$/;
const MAX_PICKLE_BYTES = 67_108_864;

export function isTorchZip(zip: ZipArchive): boolean {
  return [...zip.entries.keys()].some((name) => PICKLE.test(name));
}

/** @throws LabError saying what is damaged, missing, or more than weights */
export async function readTorchZip(source: ByteSource, zip: ZipArchive): Promise<Content> {
  const { refuse } = source;
  const pickles = [...zip.entries.values()].filter(({ name }) => PICKLE.test(name));
  const [pickle] = pickles;
  if (!pickle || pickles.length > 1) throw refuse.damaged('holds two descriptions of its weights');
  if (pickle.unpacked > MAX_PICKLE_BYTES) {
    throw refuse.damaged('describes its weights at a length that no weights file has');
  }
  const folder = pickle.name.slice(0, -'data.pkl'.length);
  const order = zip.entries.get(`${folder}byteorder`);
  if (
    order &&
    order.unpacked < 16 &&
    new TextDecoder().decode(await zip.read(order)) !== 'little'
  ) {
    throw refuse.unsupported(
      'was written on a machine whose files are not read here (big-endian)',
      'Open it in PyTorch and save it again on another machine.',
    );
  }
  const storages = new Map<string, Storage>();
  const { value } = readPickle(await zip.read(pickle), 0, torchRules(refuse, storages));
  const root = rootDict(value, refuse);
  let valueBytes = pickle.unpacked;
  for (const storage of storages.values()) {
    const entry = zip.entries.get(`${folder}data/${storage.key}`);
    if (entry?.unpacked !== storageBytes(storage)) {
      throw refuse.damaged(
        `is damaged: it announces ${storageBytes(storage)} bytes of values "${storage.key}" and holds ${entry?.unpacked ?? 0}`,
      );
    }
    valueBytes += entry.unpacked;
  }
  return {
    format: 'torch-zip',
    root,
    valueBytes,
    notes: [],
    read: (storage) => {
      const entry = zip.entries.get(`${folder}data/${storage.key}`);
      if (!entry) throw refuse.damaged(`is damaged: the values "${storage.key}" are missing`);
      return zip.read(entry);
    },
  };
}
