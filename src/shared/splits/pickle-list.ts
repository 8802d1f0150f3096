import { LabError } from '../errors';

/** What an index file in Python's pickle format may hold: whole numbers in lists in lists. */
export type NestedInts = readonly (number | NestedInts)[];
type Item = number | Item[] | typeof MARK;

const MARK = Symbol('mark');
const MAX_ITEMS = 10_000_000;
const MAX_DEPTH = 4;

/**
 * Reads a list of whole numbers from a Python pickle, protocols 0 to 5, and nothing else: it interprets only the opcodes
 * that lists and integers need, builds no object and runs no code, so a hostile file can at most be refused. The
 * authors' CLIVE_traintest_index.pkl is such a file. Opcodes: Python's pickletools.
 *
 * @throws LabError `unreadable-file` naming the first opcode that is not allowed, or where the file is cut off
 */
export function readPickledInts(bytes: Uint8Array, source: string): NestedInts {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const stack: Item[] = [];
  const memo = new Map<number, Item>();
  let at = 0;
  let items = 0;

  const refuse = (reason: string): LabError =>
    new LabError({
      kind: 'unreadable-file',
      message: `The index file "${source}" ${reason}.`,
      safe: 'Nothing in the file was executed, and no split was stored.',
      next: 'Use a pickle of a plain list of whole numbers, or a JSON file {"train": [...], "test": [...]}.',
    });
  const skip = (count: number): number => {
    const start = at;
    at += count;
    if (at > bytes.length) throw refuse('is cut off');
    return start;
  };
  const line = (): string => {
    const end = bytes.indexOf(0x0a, at);
    if (end < 0) throw refuse('is cut off');
    const text = String.fromCharCode(...bytes.subarray(at, Math.min(end, at + 40)));
    at = end + 1;
    return text;
  };
  const push = (value: Item): void => {
    if (++items > MAX_ITEMS) throw refuse(`holds more than ${MAX_ITEMS} items`);
    stack.push(value);
  };
  const decimal = (text: string): number => {
    const value = Number(text.replace(/L$/, ''));
    if (text === '' || !Number.isSafeInteger(value)) throw refuse(`holds the number "${text}"`);
    return value;
  };
  const appendTo = (values: Item[]): void => {
    const list = stack.at(-1);
    if (!Array.isArray(list)) throw refuse('appends to something that is no list');
    for (const value of values) list.push(value);
  };
  const sinceMark = (): Item[] => {
    const mark = stack.lastIndexOf(MARK);
    if (mark < 0) throw refuse('is damaged: a mark is missing');
    const values = stack.splice(mark);
    return values.slice(1);
  };
  const remember = (key: number): void => {
    const top = stack.at(-1);
    if (top === undefined) throw refuse('is damaged: its stack is empty');
    memo.set(key, top);
  };
  const recall = (key: number): void => {
    const value = memo.get(key);
    // A list met again would make the result a graph, and could contain itself.
    if (typeof value !== 'number') throw refuse('refers to the same list twice');
    push(value);
  };

  for (;;) {
    const opcode = bytes[skip(1)] ?? 0;
    switch (String.fromCharCode(opcode)) {
      case '\x80': // PROTO
        skip(1);
        break;
      case '\x95': // FRAME
        skip(8);
        break;
      case '(':
        stack.push(MARK);
        break;
      case ']':
        push([]);
        break;
      case 'l': // LIST
        push(sinceMark());
        break;
      case 'J':
        push(view.getInt32(skip(4), true));
        break;
      case 'K':
        push(view.getUint8(skip(1)));
        break;
      case 'M':
        push(view.getUint16(skip(2), true));
        break;
      case 'I':
      case 'L':
        push(decimal(line()));
        break;
      case '\x8a': {
        const size = view.getUint8(skip(1));
        if (size > 6) throw refuse('holds a number too large for a position');
        let value = 0;
        const start = skip(size);
        for (let i = size - 1; i >= 0; i--) value = value * 256 + (bytes[start + i] ?? 0);
        if (size > 0 && (bytes[start + size - 1] ?? 0) >= 128) value -= 256 ** size;
        push(value);
        break;
      }
      case 'a':
        appendTo(stack.splice(-1));
        break;
      case 'e':
        appendTo(sinceMark());
        break;
      case 'q':
        remember(view.getUint8(skip(1)));
        break;
      case 'r':
        remember(view.getUint32(skip(4), true));
        break;
      case 'p':
        remember(decimal(line()));
        break;
      case '\x94': // MEMOIZE
        remember(memo.size);
        break;
      case 'h':
        recall(view.getUint8(skip(1)));
        break;
      case 'j':
        recall(view.getUint32(skip(4), true));
        break;
      case 'g':
        recall(decimal(line()));
        break;
      case '.': {
        const [result] = stack;
        if (stack.length !== 1 || !Array.isArray(result)) throw refuse('does not hold a list');
        return withoutMarks(result, refuse);
      }
      default: {
        const shown = `0x${opcode.toString(16).padStart(2, '0')}`;
        throw refuse(`holds more than lists of whole numbers (pickle opcode ${shown})`);
      }
    }
  }
}

function withoutMarks(
  items: readonly Item[],
  refuse: (reason: string) => LabError,
  depth = 1,
): NestedInts {
  if (depth > MAX_DEPTH) throw refuse(`nests lists more than ${MAX_DEPTH} deep`);
  return items.map((item) => {
    if (item === MARK) throw refuse('is damaged: a mark is left over');
    return Array.isArray(item) ? withoutMarks(item, refuse, depth + 1) : item;
  });
}
