import type { LabError } from '../errors';
import { Cursor } from './cursor';
import {
  PickleDict,
  PickleList,
  PickleSet,
  PickleTuple,
  isContainer,
  type PickleValue,
} from './values';

/** What a reader allows; what it does not allow, it throws. Nothing of the file is ever executed. */
export interface PickleRules {
  /** Completes "The file …" to the error a person reads. */
  refuse(reason: string): LabError;
  /** Where the bytes end before the pickle does; by default `refuse('is cut off')`. */
  cutOff?(): Error;
  /** More values than this are refused. */
  readonly maxItems: number;
  /** Opcodes, as characters; absent: all that build data. */
  readonly only?: string;
  /** What opcodes outside `only` are, for the sentence. */
  readonly more?: string;
  /** Whether a list or dictionary may be met twice, which makes the value a graph. */
  readonly sharing: boolean;
  /** A global name of Python, e.g. ("collections", "OrderedDict"). */
  global(module: string, name: string): PickleValue;
  /** The call of a value that `global` returned. */
  call(callee: PickleValue, args: readonly PickleValue[]): PickleValue;
  /** State given to an object after its construction. */
  build(target: PickleValue, state: PickleValue): void;
  persistent(id: PickleValue): PickleValue;
}

/**
 * Reads one Python pickle, protocols 0 to 5: a stack machine over data that imports nothing and calls nothing; global
 * names and calls are handed to the rules as data. Opcodes: Python's pickletools.
 *
 * @param start where the pickle begins in `bytes`
 * @returns its value and where it ends
 * @throws LabError from the rules, naming what is not allowed or where the file is damaged or cut off
 */
export function readPickle(
  bytes: Uint8Array,
  start: number,
  rules: PickleRules,
): { value: PickleValue; end: number } {
  const refuse = (reason: string): LabError => rules.refuse(reason);
  const cursor = new Cursor(bytes, start, refuse, () => rules.cutOff?.() ?? refuse('is cut off'));
  const stack: PickleValue[] = [];
  const marks: number[] = [];
  const memo = new Map<number, PickleValue>();
  let items = 0;

  const count = (): void => {
    if (++items > rules.maxItems) throw refuse(`holds more than ${rules.maxItems} items`);
  };
  const push = (value: PickleValue): void => {
    count();
    stack.push(value);
  };
  const pop = (): PickleValue => {
    const value = stack.length > (marks.at(-1) ?? 0) ? stack.pop() : undefined;
    if (value === undefined) throw refuse('is damaged: its stack is empty');
    return value;
  };
  const top = (): PickleValue => {
    const value = pop();
    stack.push(value);
    return value;
  };
  const tuple = (size: number): PickleTuple => {
    const values = Array.from({ length: size }, pop);
    return new PickleTuple(values.reverse());
  };
  const sinceMark = (): PickleValue[] => {
    const mark = marks.pop();
    if (mark === undefined) throw refuse('is damaged: a mark is missing');
    return stack.splice(mark);
  };
  const append = (values: readonly PickleValue[]): void => {
    const list = top();
    if (!(list instanceof PickleList)) throw refuse('appends to something that is no list');
    for (const value of values) list.items.push(value);
  };
  const setItems = (dict: PickleValue, values: readonly PickleValue[]): void => {
    if (!(dict instanceof PickleDict)) throw refuse('gives entries to something that has none');
    if (values.length % 2 !== 0) throw refuse('is damaged: a key has no value');
    for (let i = 0; i < values.length; i += 2) {
      const [key = null, value = null] = [values[i], values[i + 1]];
      if (isContainer(key) && !(key instanceof PickleTuple)) throw refuse('has a list as a key');
      dict.entries.set(key, value);
    }
  };
  const dictOf = (values: readonly PickleValue[]): PickleDict => {
    const dict = new PickleDict();
    setItems(dict, values);
    return dict;
  };
  const setOf = (values: readonly PickleValue[], set = new PickleSet()): PickleSet => {
    for (const value of values) set.items.add(value);
    return set;
  };
  const argsOf = (value: PickleValue): readonly PickleValue[] => {
    if (value instanceof PickleTuple) return value.items;
    throw refuse('is damaged: a call has no list of arguments');
  };
  const remember = (key: number | bigint): void => {
    count();
    memo.set(Number(key), top());
  };
  const recall = (key: number | bigint): void => {
    const value = memo.get(Number(key));
    if (value === undefined) throw refuse(`is damaged: it refers to item ${key}, which it lacks`);
    if (!rules.sharing && isContainer(value)) throw refuse('refers to the same list twice');
    push(value);
  };
  const globalName = (module: PickleValue, name: PickleValue): PickleValue => {
    if (typeof module !== 'string' || typeof name !== 'string') {
      throw refuse('is damaged: a global name is no text');
    }
    return rules.global(module, name);
  };

  const opcodes: Readonly<Record<string, () => void>> = {
    '\x80': () => void cursor.skip(1), // PROTO
    '\x95': () => void cursor.skip(8), // FRAME
    '(': () => void marks.push(stack.length),
    '0': () => {
      if (marks.at(-1) === stack.length) marks.pop();
      else pop();
    },
    '1': () => void sinceMark(),
    '2': () => push(top()),
    N: () => push(null),
    '\x88': () => push(true),
    '\x89': () => push(false),
    I: () => push(truth(cursor)),
    L: () => push(cursor.decimal()),
    J: () => push(cursor.int32()),
    K: () => push(cursor.uint8()),
    M: () => push(cursor.uint16()),
    '\x8a': () => push(cursor.long(cursor.uint8())),
    '\x8b': () => push(cursor.long(cursor.uint32())),
    F: () => push(cursor.fraction()),
    G: () => push(cursor.float64()),
    S: () => push(cursor.quotedLine()),
    V: () => push(cursor.escapedLine()),
    // Python 2's texts are bytes; torch writes ASCII in them.
    T: () => push(cursor.text(cursor.uint32(), 'latin1')),
    U: () => push(cursor.text(cursor.uint8(), 'latin1')),
    X: () => push(cursor.text(cursor.uint32(), 'utf-8')),
    '\x8c': () => push(cursor.text(cursor.uint8(), 'utf-8')),
    '\x8d': () => push(cursor.text(cursor.length64(), 'utf-8')),
    B: () => push(cursor.bytes(cursor.uint32())),
    C: () => push(cursor.bytes(cursor.uint8())),
    '\x8e': () => push(cursor.bytes(cursor.length64())),
    '\x96': () => push(cursor.bytes(cursor.length64())),
    ']': () => push(new PickleList()),
    l: () => push(new PickleList(sinceMark())),
    a: () => append([pop()]),
    e: () => append(sinceMark()),
    ')': () => push(new PickleTuple([])),
    t: () => push(new PickleTuple(sinceMark())),
    '\x85': () => push(tuple(1)),
    '\x86': () => push(tuple(2)),
    '\x87': () => push(tuple(3)),
    '}': () => push(new PickleDict()),
    d: () => push(dictOf(sinceMark())),
    s: () => {
      const pair = tuple(2).items;
      setItems(top(), pair);
    },
    u: () => {
      const pairs = sinceMark();
      setItems(top(), pairs);
    },
    '\x8f': () => push(new PickleSet()),
    '\x90': () => {
      const values = sinceMark();
      const set = top();
      if (!(set instanceof PickleSet)) throw refuse('adds to something that is no set');
      setOf(values, set);
    },
    '\x91': () => push(setOf(sinceMark())),
    q: () => remember(cursor.uint8()),
    r: () => remember(cursor.uint32()),
    p: () => remember(cursor.decimal()),
    '\x94': () => remember(memo.size),
    h: () => recall(cursor.uint8()),
    j: () => recall(cursor.uint32()),
    g: () => recall(cursor.decimal()),
    c: () => push(globalName(cursor.line(), cursor.line())),
    '\x93': () => {
      const name = pop();
      push(globalName(pop(), name));
    },
    // A new object of a class is, like a call, what the rules make of the class and its arguments.
    R: () => {
      const args = argsOf(pop());
      push(rules.call(pop(), args));
    },
    '\x81': () => {
      const args = argsOf(pop());
      push(rules.call(pop(), args));
    },
    b: () => {
      const state = pop();
      rules.build(top(), state);
    },
    Q: () => push(rules.persistent(pop())),
  };

  for (;;) {
    const opcode = String.fromCharCode(cursor.uint8());
    if (opcode === '.') break;
    const action = !rules.only || rules.only.includes(opcode) ? opcodes[opcode] : undefined;
    if (!action) {
      const shown = `0x${opcode.charCodeAt(0).toString(16).padStart(2, '0')}`;
      throw refuse(`holds more than ${rules.more ?? 'plain data'} (pickle opcode ${shown})`);
    }
    action();
  }
  if (marks.length > 0) throw refuse('is damaged: a mark is left over');
  const value = pop();
  if (stack.length > 0) throw refuse('is damaged: it holds more than one value');
  return { value, end: cursor.at };
}

/** Protocols 0 and 1 write True and False as the numbers 01 and 00. */
function truth(cursor: Cursor): number | bigint | boolean {
  const start = cursor.at;
  const text = cursor.line();
  if (text === '00' || text === '01') return text === '01';
  cursor.at = start;
  return cursor.decimal();
}
