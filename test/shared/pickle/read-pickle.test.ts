import { describe, expect, it } from 'vitest';
import { LabError } from '@shared/errors';
import { readPickle, type PickleRules } from '@shared/pickle/read-pickle';
import {
  PickleDict,
  PickleList,
  PickleSet,
  PickleTuple,
  hasCycle,
  type PickleValue,
} from '@shared/pickle/values';

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'));

/**
 * pickle.dumps(v, protocol) of CPython 3.11, with v = {'a': [1, 2.5, -1e300, inf], 'b': (True, None, False),
 * 'c': {1: 'x', 70000: ()}, 'big': 2**70, 'neg': -2**63, 'text': 'ä€\\😀', 'many': (1, 2, 3, 4)}
 */
const written = {
  0: '286470300a56610a70310a286c70320a49310a6146322e350a61462d31652b3330300a6146696e660a617356620a70330a284930310a4e4930300a7470340a7356630a70350a286470360a49310a56780a70370a734937303030300a28747373566269670a70380a4c313138303539313632303731373431313330333432344c0a73566e65670a70390a4c2d393232333337323033363835343737353830384c0a7356746578740a7031300a56e45c75323061635c75303035635c5530303031663630300a7031310a73566d616e790a7031320a2849310a49320a49330a49340a747031330a732e',
  1: '7d71002858010000006171015d7102284b0147400400000000000047fe37e43c8800759c477ff0000000000000655801000000627103284930310a4e4930300a74710458010000006371057d7106284b0158010000007871074a701101002975580300000062696771084c313138303539313632303731373431313330333432344c0a58030000006e656771094c2d393232333337323033363835343737353830384c0a580400000074657874710a580a000000c3a4e282ac5cf09f9880710b58040000006d616e79710c284b014b024b034b0474710d752e',
  2: '80027d71002858010000006171015d7102284b0147400400000000000047fe37e43c8800759c477ff0000000000000655801000000627103884e8987710458010000006371057d7106284b0158010000007871074a701101002975580300000062696771088a0900000000000000004058030000006e656771098a080000000000000080580400000074657874710a580a000000c3a4e282ac5cf09f9880710b58040000006d616e79710c284b014b024b034b0474710d752e',
  3: '80037d71002858010000006171015d7102284b0147400400000000000047fe37e43c8800759c477ff0000000000000655801000000627103884e8987710458010000006371057d7106284b0158010000007871074a701101002975580300000062696771088a0900000000000000004058030000006e656771098a080000000000000080580400000074657874710a580a000000c3a4e282ac5cf09f9880710b58040000006d616e79710c284b014b024b034b0474710d752e',
  4: '8004958e000000000000007d94288c0161945d94284b0147400400000000000047fe37e43c8800759c477ff0000000000000658c016294884e8987948c0163947d94284b018c0178944a7011010029758c03626967948a090000000000000000408c036e6567948a0800000000000000808c0474657874948c0ac3a4e282ac5cf09f9880948c046d616e7994284b014b024b034b047494752e',
  5: '8005958e000000000000007d94288c0161945d94284b0147400400000000000047fe37e43c8800759c477ff0000000000000658c016294884e8987948c0163947d94284b018c0178944a7011010029758c03626967948a090000000000000000408c036e6567948a0800000000000000808c0474657874948c0ac3a4e282ac5cf09f9880948c046d616e7994284b014b024b034b047494752e',
};
const value = dict([
  ['a', new PickleList([1, 2.5, -1e300, Infinity])],
  ['b', new PickleTuple([true, null, false])],
  [
    'c',
    dict([
      [1, 'x'],
      [70_000, new PickleTuple([])],
    ]),
  ],
  ['big', 2n ** 70n],
  ['neg', -(2n ** 63n)],
  ['text', 'ä€\\😀'],
  ['many', new PickleTuple([1, 2, 3, 4])],
]);

function dict(entries: [PickleValue, PickleValue][]): PickleDict {
  const result = new PickleDict();
  for (const [key, item] of entries) result.entries.set(key, item);
  return result;
}

const refuse = (reason: string): LabError =>
  new LabError({ kind: 'unreadable-file', message: `the file ${reason}` });
const never = (): never => {
  throw refuse('holds more than data');
};
const rules: PickleRules = {
  refuse,
  maxItems: 1000,
  sharing: true,
  global: never,
  call: never,
  build: never,
  persistent: never,
};

describe('readPickle', () => {
  it.each(Object.entries(written))('reads what Python writes with protocol %s', (_, hex) => {
    const whole = bytes(hex);
    expect(readPickle(whole, 0, rules)).toEqual({ value, end: whole.length });
  });

  it('reads sets and bytes of protocol 5', () => {
    // pickle.dumps([{1}, frozenset([2]), b'\x01\xff', bytearray(b'\x02')], 5)
    const [one, two] = [new PickleSet(), new PickleSet()];
    one.items.add(1);
    two.items.add(2);
    const read = readPickle(
      bytes(
        '80059520000000000000005d94288f94284b0190284b029194430201ff949601000000000000000294652e',
      ),
      0,
      rules,
    ).value;
    expect(read).toEqual(new PickleList([one, two, Uint8Array.of(1, 0xff), Uint8Array.of(2)]));
  });

  it('reads one pickle after another', () => {
    const two = bytes(`${written[2]}${written[4]}`);
    const { end } = readPickle(two, 0, rules);
    expect(end).toBe(written[2].length / 2);
    expect(readPickle(two, end, rules)).toEqual({ value, end: two.length });
  });

  it('counts what is remembered as well as what is made', () => {
    // N, then MEMOIZE for ever.
    const many = new Uint8Array(3000).fill(0x94);
    many.set([0x80, 4, 0x4e]);
    expect(() => readPickle(many, 0, rules)).toThrow('holds more than 1000 items');
  });

  it.each([
    ['a mark at the end', '80024b01282e', 'a mark is left over'],
    ['a value taken from below a mark', '80024b0128852e', 'its stack is empty'],
    ['nothing to take', '8002302e', 'its stack is empty'],
    ['a value that was never remembered', '800268072e', 'it refers to item 7'],
    ['a list as a key', '80027d5d4b01732e', 'has a list as a key'],
    ['a key without a value', '80027d284b01752e', 'a key has no value'],
    ['entries for a number', '80024b014b014b01732e', 'gives entries to something'],
    ['two values', '80024e4e2e', 'more than one value'],
    ['a fraction in words', '46312e65780a2e', 'holds the number "1.ex"'],
    ['a text with quotes missing', '536162630a2e', 'not written plainly'],
    ['broken UTF-8', '80025801000000ff2e', 'not UTF-8'],
  ])('refuses %s', (_, hex, reason) => {
    expect(() => readPickle(bytes(hex), 0, rules)).toThrow(reason);
  });
});

describe('hasCycle', () => {
  it('tells a value that contains itself from one that holds another twice', () => {
    const shared = new PickleList([1]);
    expect(hasCycle(new PickleTuple([shared, shared, dict([['x', shared]])]))).toBe(false);
    shared.items.push(dict([['back', shared]]));
    expect(hasCycle(new PickleTuple([1, shared]))).toBe(true);
  });
});
