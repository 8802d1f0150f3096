import { readPickle, type PickleRules } from '@shared/pickle/read-pickle';
import { PickleDict, PickleList, type PickleValue } from '@shared/pickle/values';
import type { ByteSource } from './byte-source';
import type { Content } from './content';
import { storageBytes, type Storage } from './stored-tensor';
import { rootDict, torchRules } from './torch-rules';

/**
 * Files that PyTorch wrote before version 1.6: five pickles one after another (a magic number, the protocol, facts about
 * the machine, the object, the keys of its storages), then every storage in the order of the keys: its count of values
 * as an int64 and the values, little-endian.
 */
const MAGIC = 0x1950a86a20f9469cfc6cn;
const PROTOCOL = 1001;
const FIRST_WINDOW_BYTES = 1_048_576;
/** Far beyond the description of any model; what follows it is only values. */
const MAX_WINDOW_BYTES = 67_108_864;

class PastWindow extends Error {}

/** @throws LabError saying what is damaged, cut off, or more than weights */
export async function readTorchLegacy(source: ByteSource): Promise<Content> {
  const { refuse } = source;
  for (let window = FIRST_WINDOW_BYTES; ; window *= 4) {
    const length = Math.min(window, source.size);
    const whole = length === source.size;
    const bytes = await source.read(0, length);
    try {
      return await readStreams(source, bytes, whole);
    } catch (error) {
      if (!(error instanceof PastWindow)) throw error;
      if (window >= MAX_WINDOW_BYTES) {
        throw refuse.damaged('describes its weights at a length that no weights file has', error);
      }
    }
  }
}

async function readStreams(
  source: ByteSource,
  bytes: Uint8Array,
  whole: boolean,
): Promise<Content> {
  const { refuse } = source;
  const storages = new Map<string, Storage>();
  const rules: PickleRules = {
    ...torchRules(refuse, storages),
    cutOff: () => (whole ? refuse.damaged('is cut off') : new PastWindow()),
  };
  let at = 0;
  const next = (): PickleValue => {
    const { value, end } = readPickle(bytes, at, rules);
    at = end;
    return value;
  };
  if (next() !== MAGIC) {
    throw refuse.unclear(
      'is a Python pickle, but not one with weights of PyTorch',
      'Choose a file that torch.save wrote.',
    );
  }
  const protocol = next();
  const system = next();
  const littleEndian = system instanceof PickleDict ? system.get('little_endian') : undefined;
  if (protocol !== PROTOCOL || littleEndian !== true) {
    throw refuse.unsupported(
      'was written by a version of PyTorch or on a machine whose files are not read here',
      'Open it in PyTorch and save it again.',
    );
  }
  const root = rootDict(next(), refuse);
  const keys = next();
  if (!(keys instanceof PickleList)) throw refuse.damaged('is damaged: its list of values is none');
  const offsets = await locate(source, at, keys.items, storages);
  return {
    format: 'torch-legacy',
    root,
    valueBytes: source.size,
    notes: [],
    read: (storage) => source.read(offsets.get(storage.key) ?? source.size, storageBytes(storage)),
  };
}

/** Where each storage's values begin; nothing is read but their counts. */
async function locate(
  source: ByteSource,
  start: number,
  keys: readonly PickleValue[],
  storages: ReadonlyMap<string, Storage>,
): Promise<Map<string, number>> {
  const { refuse } = source;
  const offsets = new Map<string, number>();
  let at = start;
  for (const key of keys) {
    const storage = typeof key === 'string' ? storages.get(key) : undefined;
    if (!storage || offsets.has(storage.key)) {
      throw refuse.damaged('is damaged: it lists values that no tensor has');
    }
    const header = await source.read(at, 8);
    const count = new DataView(header.buffer, header.byteOffset).getBigInt64(0, true);
    if (count !== BigInt(storage.count)) {
      throw refuse.damaged(
        `is damaged: ${storage.count} values are announced where ${count} follow`,
      );
    }
    offsets.set(storage.key, at + 8);
    at += 8 + storageBytes(storage);
    if (at > source.size) throw refuse.damaged('is cut off: its values are not all there');
  }
  if (offsets.size < storages.size) throw refuse.damaged('is damaged: some tensors have no values');
  return offsets;
}
