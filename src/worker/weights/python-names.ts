import type { LabError } from '@shared/errors';
import {
  PickleDict,
  PickleList,
  PickleObject,
  PickleSet,
  PickleTuple,
  isContainer,
  children,
  type PickleValue,
} from '@shared/pickle/values';
import { NumpyArray, NumpyDtype, numpyScalar } from './numpy-values';
import { SAVE_PLAIN_WEIGHTS, type Refusals } from './refusal';

/** A Python name that weights files may mention. Nothing is imported: it is a key of the table below. */
export class PythonName extends PickleObject {
  readonly kind = 'name';
  constructor(readonly qualified: string) {
    super();
  }
}

/** An object with nothing but attributes, e.g. the command line a training script kept. */
class Attributes extends PickleDict {}

type Args = readonly PickleValue[];
type Call = (args: Args, refuse: Refusals) => PickleValue;

const calls = new Map<string, Call>([
  ['collections.OrderedDict', (args, refuse) => fromPairs(args[0], refuse)],
  // Its argument makes missing values; data that is only read misses none.
  ['collections.defaultdict', () => new PickleDict()],
  ['collections.Counter', ([counts]) => (counts instanceof PickleDict ? counts : new PickleDict())],
  ['argparse.Namespace', () => new Attributes()],
  ['types.SimpleNamespace', () => new Attributes()],
  ['_codecs.encode', encode],
  ['torch.Size', ([sizes]) => sizes ?? null],
  ['torch.device', ([device]) => device ?? null],
  ['numpy.dtype', (args, refuse) => NumpyDtype.fromCode(args[0], refuse)],
  ['numpy.core.multiarray.scalar', ([dtype, bytes], refuse) => numpyScalar(dtype, bytes, refuse)],
  // What is constructed first and given its shape and bytes afterwards, by BUILD.
  ['numpy.core.multiarray._reconstruct', () => new NumpyArray()],
]);
for (const module of ['__builtin__', 'builtins']) {
  calls.set(`${module}.set`, setOf).set(`${module}.frozenset`, setOf);
  calls.set(`${module}.dict`, () => new PickleDict());
  calls.set(`${module}.list`, () => new PickleList());
}

/** Names that stand for a number format or a class and are never called. */
const plainNames = new Set([
  'numpy.ndarray',
  'torch.Tensor',
  'torch.nn.parameter.Parameter',
  ...[
    'Double',
    'Float',
    'Half',
    'BFloat16',
    'Long',
    'Int',
    'Short',
    'Char',
    'Byte',
    'Bool',
  ].flatMap((type) => [`torch.${type}Storage`, `torch.cuda.${type}Storage`]),
  ...[
    'float64',
    'float32',
    'float16',
    'bfloat16',
    'int64',
    'int32',
    'int16',
    'int8',
    'uint8',
    'bool',
  ].map((type) => `torch.${type}`),
]);

/**
 * The name as data, if weights files have a use for it.
 * @param more names a container's reader calls by itself
 * @throws LabError naming every other one
 */
export function pythonName(
  module: string,
  name: string,
  more: ReadonlySet<string>,
  refuse: Refusals,
): PythonName {
  // NumPy 2 moved its core; the names mean the same.
  const qualified = `${module.replace(/^numpy\._core\b/, 'numpy.core')}.${name}`;
  if (calls.has(qualified) || plainNames.has(qualified) || more.has(qualified)) {
    return new PythonName(qualified);
  }
  // Damaged bytes are no name; a real one is what a person can look up.
  if (!/^[\w.<>]{1,200}$/.test(`${module}.${name}`)) {
    throw refuse.damaged('is damaged: it mentions something that is no Python name');
  }
  throw foreign(`${module}.${name}`, refuse);
}

/** What a call of an allowed name yields. @throws LabError where it is no function or its arguments are wrong */
export function callPython(name: PythonName, args: Args, refuse: Refusals): PickleValue {
  const call = calls.get(name.qualified);
  if (!call) throw refuse.damaged(`is damaged: it calls ${name.qualified}, which is no function`);
  return call(args, refuse);
}

/** State that a pickle gives to an object it has made. */
export function buildPython(target: PickleValue, state: PickleValue, refuse: Refusals): void {
  if (target instanceof NumpyDtype || target instanceof NumpyArray) {
    target.setState(state instanceof PickleTuple ? state.items : [], refuse);
  } else if (target instanceof Attributes) {
    if (!(state instanceof PickleDict))
      throw refuse.damaged('is damaged: attributes have no names');
    for (const [key, value] of state.entries) target.entries.set(key, value);
  }
  // A state dict's `_metadata` (versions of its modules), a tensor's attributes: nothing that is needed.
}

function foreign(name: string, refuse: Refusals): LabError {
  return refuse.unsupported(
    `asks Python for ${name}, which plain weights have no need of`,
    SAVE_PLAIN_WEIGHTS,
  );
}

function fromPairs(pairs: PickleValue | undefined, refuse: Refusals): PickleDict {
  const dict = new PickleDict();
  if (!isContainer(pairs) || pairs instanceof PickleDict) return dict;
  for (const pair of children(pairs)) {
    const [key, value] = isContainer(pair) ? [...children(pair)] : [];
    if (
      key === undefined ||
      value === undefined ||
      (isContainer(key) && !(key instanceof PickleTuple))
    ) {
      throw refuse.damaged('is damaged: a dictionary in it has an entry that is no pair');
    }
    dict.entries.set(key, value);
  }
  return dict;
}

function setOf([items]: Args): PickleSet {
  const set = new PickleSet();
  if (isContainer(items)) for (const item of children(items)) set.items.add(item);
  return set;
}

/** Python 2's way to write bytes: a text of the characters 0 to 255. */
function encode([text, encoding]: Args, refuse: Refusals): Uint8Array {
  if (typeof text !== 'string' || encoding !== 'latin1') {
    throw refuse.damaged('is damaged: it encodes something that is no text');
  }
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
