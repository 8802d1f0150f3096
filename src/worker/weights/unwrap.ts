import { PickleDict, type PickleValue } from '@shared/pickle/values';
import type { Refusals } from './refusal';
import { StoredTensor } from './stored-tensor';

/** Levels under which training scripts keep a model's weights, the usual ones first. */
const LEVELS = [
  'state_dict',
  'model_state_dict',
  'model',
  'params',
  'params_ema',
  'net',
  'network',
  'model_ema',
  'state_dict_ema',
  'module',
];
/** Wrappers that leave their name in front of every weight: DataParallel, torch.compile, Lightning. */
const PREFIXES = ['module.', '_orig_mod.', 'model.', 'net.', 'network.'];
const MAX_LEVELS = 8;
/** Where the lab's own checkpoints keep the optimiser's moments. */
const OPTIMIZER = 'optimizer/';

export interface Unwrapped {
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  readonly stripped: readonly string[];
  /** What lies beside the weights; of two equal names the inner one. */
  readonly beside: ReadonlyMap<string, PickleValue>;
}

/**
 * The weights of a file without the levels and prefixes around them. The value must not contain itself.
 * @throws LabError where there are none, or where it is not clear which of several levels is meant
 */
export function unwrap(root: PickleDict, refuse: Refusals): Unwrapped {
  const stripped: string[] = [];
  const beside = new Map<string, PickleValue>();
  const search = new Search();
  let level = root;
  for (let inner = search.inner(level, refuse); inner; inner = search.inner(level, refuse)) {
    if (stripped.length === MAX_LEVELS) {
      throw refuse.damaged(`nests its weights more than ${MAX_LEVELS} levels deep`);
    }
    for (const [name, value] of level.entries) {
      if (typeof name === 'string' && name !== inner.key) beside.set(name, value);
    }
    level = inner.dict;
    stripped.push(inner.key);
  }
  const tensors = new Map<string, StoredTensor>();
  for (const [name, value] of level.entries) {
    if (typeof name !== 'string') throw refuse.damaged('has a weight whose name is no text');
    if (!(value instanceof StoredTensor)) beside.set(name, value);
    else if (name.startsWith(OPTIMIZER)) beside.set('optimizer', value);
    else tensors.set(name, value);
  }
  if (tensors.size === 0) {
    throw refuse.unclear('holds no weights', 'Choose a file with a model’s weights by name.');
  }
  return withoutPrefixes(tensors, stripped, beside);
}

/** Finds the level below; remembers which dictionaries hold nothing, as a hostile file may repeat one endlessly. */
class Search {
  readonly #empty = new Set<PickleDict>();

  /** @returns null where the level itself holds the weights */
  inner(level: PickleDict, refuse: Refusals): { key: string; dict: PickleDict } | null {
    const inner: { key: string; dict: PickleDict }[] = [];
    for (const [key, dict] of level.entries) {
      if (typeof key === 'string' && dict instanceof PickleDict && this.#holdsTensors(dict, 0)) {
        inner.push({ key, dict });
      }
    }
    for (const name of LEVELS) {
      const known = inner.find(({ key }) => key === name);
      if (known) return known;
    }
    const [only, ...others] = inner;
    const here = [...level.entries.values()].some((value) => value instanceof StoredTensor);
    if (here || !only) return null;
    if (others.length === 0) return only;
    const keys = inner.map(({ key }) => key);
    throw refuse.unclear(
      `holds several sets of weights: ${keys.slice(0, 8).join(', ')}`,
      'Save the one that is meant in a file of its own.',
      { entries: keys },
    );
  }

  /** Whether tensors lie in a dictionary by name, directly or one known level further down. */
  #holdsTensors(dict: PickleDict, depth: number): boolean {
    if (this.#empty.has(dict) || depth > MAX_LEVELS) return false;
    for (const [key, value] of dict.entries) {
      if (typeof key === 'string' && value instanceof StoredTensor) return true;
    }
    for (const name of LEVELS) {
      const value = dict.get(name);
      if (value instanceof PickleDict && this.#holdsTensors(value, depth + 1)) return true;
    }
    this.#empty.add(dict);
    return false;
  }
}

function withoutPrefixes(
  tensors: ReadonlyMap<string, StoredTensor>,
  levels: readonly string[],
  beside: ReadonlyMap<string, PickleValue>,
): Unwrapped {
  const stripped = [...levels];
  let entries = [...tensors];
  const shared = (): string | undefined =>
    PREFIXES.find((prefix) =>
      entries.every(([name]) => name.startsWith(prefix) && name.length > prefix.length),
    );
  for (let prefix = shared(); prefix !== undefined; prefix = shared()) {
    const { length } = prefix;
    entries = entries.map(([name, tensor]) => [name.slice(length), tensor]);
    stripped.push(prefix);
  }
  return { tensors: new Map(entries), stripped, beside };
}
