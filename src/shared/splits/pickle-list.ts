import { LabError } from '../errors';
import { readPickle } from '../pickle/read-pickle';
import { PickleList, type PickleValue } from '../pickle/values';

/** What an index file in Python's pickle format may hold: whole numbers in lists in lists. */
export type NestedInts = readonly (number | NestedInts)[];

const MAX_ITEMS = 10_000_000;
const MAX_DEPTH = 4;
/** Protocol and frame, marks, lists, whole numbers, the memo. */
const OPCODES = '\x80\x95(]lJKMIL\x8aaeqrp\x94hjg';

/**
 * Reads a list of whole numbers from a Python pickle, protocols 0 to 5, and nothing else: only the opcodes that lists
 * and integers need are interpreted, so a hostile file can at most be refused. The authors' CLIVE_traintest_index.pkl
 * is such a file.
 *
 * @throws LabError `unreadable-file` naming the first opcode that is not allowed, or where the file is cut off
 */
export function readPickledInts(bytes: Uint8Array, source: string): NestedInts {
  const refuse = (reason: string): LabError =>
    new LabError({
      kind: 'unreadable-file',
      message: `The index file "${source}" ${reason}.`,
      safe: 'Nothing in the file was executed, and no split was stored.',
      next: 'Use a pickle of a plain list of whole numbers, or a JSON file {"train": [...], "test": [...]}.',
    });
  const never = (): never => {
    throw refuse('holds more than lists of whole numbers');
  };
  const { value } = readPickle(bytes, 0, {
    refuse,
    maxItems: MAX_ITEMS,
    only: OPCODES,
    more: 'lists of whole numbers',
    // A list met again would make the result a graph, and could contain itself.
    sharing: false,
    global: never,
    call: never,
    build: never,
    persistent: never,
  });
  if (!(value instanceof PickleList)) throw refuse('does not hold a list');
  return wholeNumbers(value.items, refuse);
}

function wholeNumbers(
  items: readonly PickleValue[],
  refuse: (reason: string) => LabError,
  depth = 1,
): NestedInts {
  if (depth > MAX_DEPTH) throw refuse(`nests lists more than ${MAX_DEPTH} deep`);
  return items.map((item) => {
    if (item instanceof PickleList) return wholeNumbers(item.items, refuse, depth + 1);
    if (typeof item === 'number') return item;
    throw refuse('holds a number too large for a position');
  });
}
