import { PickleWriter } from './pickle-writer';
import { contiguousStrides } from './stored-tensor';
import type { PlainValue, WeightTensor } from './weights-file';
import { writeZip, type ZipPart } from './zip-writer';

/** Counters and indices: PyTorch's modules hold them as int64, whatever the lab computes with. */
const WHOLE = /(^|\.)(num_batches_tracked|relative_position_index)$/;
/** PyTorch's own alignment, which torch.load(mmap=True) relies on. */
const ALIGN = 64;
/** The folder inside the file; PyTorch takes the file's name, and any will do. */
const FOLDER = 'archive';

/**
 * The file that torch.save would write for a state dict: `model.load_state_dict(torch.load(path, weights_only=True))`.
 * Weights are float32; tensors read as I64, and counters and indices by name, int64. Equal weights make equal files.
 *
 * @param tensors by state-dict name, in PyTorch's shapes and order of values
 * @param beside values that belong to the weights; the file then holds a dictionary of them with the state dict under
 *   "model", as released training code does
 */
export function writeTorch(
  tensors: ReadonlyMap<string, WeightTensor>,
  beside?: Readonly<Record<string, PlainValue>>,
): Uint8Array {
  const pickle = new PickleWriter();
  const storages: ZipPart[] = [];
  const state = (): void => {
    pickle.emptyOrderedDict().entries(() => {
      for (const [name, tensor] of tensors) {
        const key = String(storages.length);
        const whole = tensor.dtype === 'I64' || WHOLE.test(name);
        checkSize(name, tensor);
        pickle.text(name);
        writeTensor(pickle, key, tensor, whole ? 'LongStorage' : 'FloatStorage');
        const bytes = whole ? int64(tensor.data) : float32(tensor.data);
        storages.push({ name: `${FOLDER}/data/${key}`, bytes });
      }
    });
  };
  if (beside === undefined) state();
  else {
    pickle.emptyDict().entries(() => {
      pickle.text('model');
      state();
      for (const [name, value] of Object.entries(beside)) pickle.text(name).plain(value);
    });
  }
  const text = (name: string, content: string): ZipPart => ({
    name: `${FOLDER}/${name}`,
    bytes: new TextEncoder().encode(content),
  });
  const parts = [
    { name: `${FOLDER}/data.pkl`, bytes: pickle.finish() },
    text('byteorder', 'little'),
    ...storages,
    // Of the container, not of PyTorch.
    text('version', '3\n'),
  ];
  return writeZip(parts, ALIGN);
}

/** torch._utils._rebuild_tensor_v2(storage, offset, shape, strides, requires_grad, backward_hooks) */
function writeTensor(pickle: PickleWriter, key: string, tensor: WeightTensor, type: string): void {
  const { shape, data } = tensor;
  pickle.call('torch._utils', '_rebuild_tensor_v2', () => {
    pickle.persistent(() => {
      pickle.text('storage').global('torch', type).text(key).text('cpu').number(data.length);
    });
    pickle.number(0);
    pickle.tuple(() => shape.forEach((size) => pickle.number(size)));
    pickle.tuple(() => contiguousStrides(shape).forEach((stride) => pickle.number(stride)));
    pickle.false().emptyOrderedDict();
  });
}

function checkSize(name: string, { shape, data }: WeightTensor): void {
  const count = shape.reduce((product, size) => product * size, 1);
  if (count !== data.length) {
    throw new Error(
      `writeTorch: "${name}" of shape [${shape.join(', ')}] holds ${data.length} values`,
    );
  }
}

function float32(data: Float32Array): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

function int64(data: Float32Array): Uint8Array {
  return new Uint8Array(BigInt64Array.from(data, (value) => BigInt(Math.round(value))).buffer);
}
