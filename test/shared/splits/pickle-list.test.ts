import { describe, expect, it } from 'vitest';
import { readPickledInts } from '@shared/splits/pickle-list';

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'));

/** pickle.dumps([7, 997, 0, 70000, -1, 2**40], protocol=p) of CPython 3.11. */
const written = {
  0: '286c70300a49370a61493939370a6149300a614937303030300a61492d310a614c313039393531313632373737364c0a612e',
  1: '5d7100284b074de5034b004a701101004affffffff4c313039393531313632373737364c0a652e',
  2: '80025d7100284b074de5034b004a701101004affffffff8a06000000000001652e',
  3: '80035d7100284b074de5034b004a701101004affffffff8a06000000000001652e',
  4: '8004951e000000000000005d94284b074de5034b004a701101004affffffff8a06000000000001652e',
  5: '8005951e000000000000005d94284b074de5034b004a701101004affffffff8a06000000000001652e',
};

describe('readPickledInts', () => {
  it.each(Object.entries(written))('reads what Python writes with protocol %s', (_, hex) => {
    expect(readPickledInts(bytes(hex), 'a.pkl')).toEqual([7, 997, 0, 70000, -1, 2 ** 40]);
  });

  it('reads a list of two lists', () => {
    // pickle.dumps([[1, 2], [0]], protocol=2)
    expect(
      readPickledInts(bytes('80025d7100285d7101284b014b02655d71024b0061652e'), 'a.pkl'),
    ).toEqual([[1, 2], [0]]);
  });

  it('reads a list of more numbers than Python writes in one batch', () => {
    const batch = (from: number): string =>
      `28${Array.from({ length: 1000 }, (_, i) => {
        const value = from + i;
        return `4d${Buffer.from([value % 256, value >> 8]).toString('hex')}`;
      }).join('')}65`;
    const list = readPickledInts(bytes(`80035d7100${batch(0)}${batch(1000)}2e`), 'a.pkl');
    expect(list).toEqual(Array.from({ length: 2000 }, (_, i) => i));
  });

  it('runs nothing: a call to os.system is refused by its opcode', () => {
    // pickle of an object whose __reduce__ returns (os.system, ("true",)), protocol 3
    const hostile = bytes(
      '800363706f7369780a73797374656d0a710058040000007472756571018571025271032e',
    );
    expect(() => readPickledInts(hostile, 'a.pkl')).toThrow(/pickle opcode 0x63/);
  });

  it('refuses texts, dictionaries and fractions', () => {
    expect(() => readPickledInts(bytes('80025d71005801000000617101612e'), 'a.pkl')).toThrow(
      /more than lists of whole/,
    );
    expect(() => readPickledInts(bytes('80027d710058010000006171014b01732e'), 'a.pkl')).toThrow(
      /more than lists of whole/,
    );
    expect(() => readPickledInts(bytes('80025d7100473ff8000000000000612e'), 'a.pkl')).toThrow(
      /more than lists of whole/,
    );
  });

  it('refuses a list that contains itself', () => {
    // a = [1]; a.append(a); pickle.dumps(a, 2)
    expect(() => readPickledInts(bytes('80025d7100284b016800652e'), 'a.pkl')).toThrow(
      /same list twice/,
    );
  });

  it('refuses lists nested a hundred thousand deep', () => {
    const deep = bytes(`8002${'5d'.repeat(100_000)}${'61'.repeat(99_999)}2e`);
    expect(() => readPickledInts(deep, 'a.pkl')).toThrow(/nests lists more than 4 deep/);
  });

  it('says that a file which ends early is cut off, wherever it ends', () => {
    const whole = bytes(written['3']);
    for (let length = 0; length < whole.length; length++) {
      expect(() => readPickledInts(whole.subarray(0, length), 'a.pkl'), `${length} bytes`).toThrow(
        /is cut off/,
      );
    }
  });

  it('survives any single damaged byte: a list or a LabError', () => {
    const whole = bytes(written['2']);
    for (let at = 0; at < whole.length; at++) {
      for (const value of [0x00, 0x28, 0x61, 0x65, 0x71, 0xff]) {
        const damaged = whole.slice();
        damaged[at] = value;
        try {
          expect(Array.isArray(readPickledInts(damaged, 'a.pkl'))).toBe(true);
        } catch (error) {
          expect(error).toMatchObject({ name: 'LabError', kind: 'unreadable-file' });
        }
      }
    }
  });
});
