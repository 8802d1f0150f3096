import { describe, expect, it } from 'vitest';
import { columns, duration } from '../../../src/main/shells/cli/columns';

describe('columns', () => {
  it('are as wide as their widest cell, without spaces at the end', () => {
    expect(
      columns(
        ['id', 'name'],
        [
          ['1', 'a'],
          ['100', 'long'],
        ],
      ),
    ).toEqual(['id   name', '--   ----', '1    a', '100  long']);
  });

  it('wrap the last column at words, under itself', () => {
    const text = 'one two three four five six seven eight';
    const lines = columns(['k', 'text'], [['x', text]], 30);
    expect(lines.slice(2)).toEqual(['x  one two three four five six', '   seven eight']);
  });

  it('show the headers where there are no rows', () => {
    expect(columns(['id'], [])).toEqual(['id', '--']);
  });
});

describe('duration', () => {
  it.each([
    [0, '0.0 s'],
    [4240, '4.2 s'],
    [59_400, '59 s'],
    [60_000, '1 min 00 s'],
    [185_000, '3 min 05 s'],
    [3_599_600, '1 h 00 min'],
    [7_800_000, '2 h 10 min'],
  ])('%i ms is %s', (ms, text) => expect(duration(ms)).toBe(text));
});
