import type { LabError } from '@shared/errors';
import type { PickleRules } from '@shared/pickle/read-pickle';
import { PickleDict, PickleObject, PickleTuple, type PickleValue } from '@shared/pickle/values';
import type { DType } from './dtype';
import { PythonName, buildPython, callPython, pythonName } from './python-names';
import type { Refusals } from './refusal';
import { StoredTensor, type Storage } from './stored-tensor';

/** A state dict of 1000 tensors with its optimiser takes about 60,000. */
const MAX_ITEMS = 2_000_000;

/** A storage as a pickle mentions it; a file of PyTorch 0.3 or older may mean a part of it. */
class StorageView extends PickleObject {
  readonly kind = 'storage';
  constructor(
    readonly storage: Storage,
    readonly offset: number,
  ) {
    super();
  }
}

const dtypes: Readonly<Record<string, DType>> = {
  Double: 'F64',
  Float: 'F32',
  Half: 'F16',
  BFloat16: 'BF16',
  Long: 'I64',
  Int: 'I32',
  Short: 'I16',
  Char: 'I8',
  Byte: 'U8',
  Bool: 'BOOL',
};

type Args = readonly PickleValue[];

/**
 * What a torch file's pickle may say: the plain names of python-names.ts, storages by persistent id, and the functions
 * by which torch rebuilds tensors from them (torch._utils), which make descriptions and read nothing.
 *
 * @param storages collects every storage mentioned, by key
 */
export function torchRules(refuse: Refusals, storages: Map<string, Storage>): PickleRules {
  const rebuild = new Map<string, (args: Args) => PickleValue>([
    ['torch._utils._rebuild_tensor', (args) => tensor(args, refuse)],
    ['torch._utils._rebuild_tensor_v2', (args) => tensor(args, refuse)],
    ['torch._utils._rebuild_parameter', ([data]) => data ?? null],
    ['torch._utils._rebuild_parameter_with_state', ([data]) => data ?? null],
    // A tensor with attributes: (function, class, arguments, attributes).
    ['torch._tensor._rebuild_from_type_v2', ([name, , args]) => call(name, args)],
  ]);
  const names = new Set(rebuild.keys());
  const call = (name: PickleValue | undefined, args: PickleValue | undefined): PickleValue => {
    if (!(name instanceof PythonName) || !(args instanceof PickleTuple)) {
      throw refuse.damaged('is damaged: it calls something that is no function');
    }
    const torch = rebuild.get(name.qualified);
    return torch ? torch(args.items) : callPython(name, args.items, refuse);
  };
  return {
    refuse: (reason): LabError => refuse.damaged(reason),
    maxItems: MAX_ITEMS,
    sharing: true,
    global: (module, name) => pythonName(module, name, names, refuse),
    call: (name, args) => call(name, new PickleTuple(args)),
    build: (target, state) => {
      buildPython(target, state, refuse);
    },
    persistent: (id) => storageOf(id, storages, refuse),
  };
}

/** ('storage', type, key, device, count) or, up to PyTorch 0.3, with a sixth item (key, offset, count) of a part. */
function storageOf(id: PickleValue, storages: Map<string, Storage>, refuse: Refusals): StorageView {
  const [what, type, key, , count, part] = id instanceof PickleTuple ? id.items : [];
  const stem = type instanceof PythonName ? /([A-Za-z0-9]+)Storage$/.exec(type.qualified)?.[1] : '';
  const dtype = dtypes[stem ?? ''];
  const isCount = typeof count === 'number' && Number.isSafeInteger(count) && count >= 0;
  if (what !== 'storage' || !dtype || typeof key !== 'string' || !isCount) {
    throw refuse.damaged('is damaged: it mentions values without saying where they are');
  }
  const storage = storages.get(key) ?? { key, dtype, count };
  if (storage.dtype !== dtype || storage.count !== count) {
    throw refuse.damaged(`is damaged: it describes the values "${key}" in two ways`);
  }
  storages.set(key, storage);
  const offset = part instanceof PickleTuple ? part.items[1] : 0;
  return new StorageView(storage, Number(offset));
}

/** (storage, offset, shape, strides, ...), all counted in values. */
function tensor(args: Args, refuse: Refusals): StoredTensor {
  const [view, offset, shape, strides] = args;
  const sizes = numbers(shape);
  const steps = numbers(strides);
  if (!(view instanceof StorageView) || typeof offset !== 'number' || !sizes || !steps) {
    throw refuse.damaged('is damaged: a tensor in it has no values, shape or strides');
  }
  return new StoredTensor(view.storage, view.offset + offset, sizes, steps, refuse);
}

function numbers(value: PickleValue | undefined): number[] | null {
  if (!(value instanceof PickleTuple)) return null;
  return value.items.every((item) => typeof item === 'number') ? [...value.items] : null;
}

/** The dictionary at the root of a file. @throws LabError where it is something else */
export function rootDict(value: PickleValue, refuse: Refusals): PickleDict {
  if (value instanceof PickleDict) return value;
  const what = value instanceof StoredTensor ? 'one tensor without a name' : 'no named weights';
  throw refuse.unclear(`holds ${what}`, 'Choose a file with a model’s weights by name.');
}
