import { expect, test } from 'vitest';
import {
  compact,
  count,
  duration,
  fileSize,
  fixed,
  greyLevels,
  signed,
} from '../../src/renderer/components/format';
import { baseName, joinPath } from '../../src/renderer/state/paths';
import { reportCsv } from '../../src/renderer/state/report-csv';
import { specFacts } from '../../src/renderer/state/spec-facts';
import { catalogue } from './mock/catalogue';

test('numbers have a true minus sign, no negative zero and a dash where there is none', () => {
  expect([fixed(-1.26, 1), fixed(-0.01, 1), fixed(null, 1), fixed(NaN, 1)]).toEqual([
    '\u22121.3',
    '0.0',
    '–',
    '–',
  ]);
  expect([signed(1.25, 1), signed(-1.25, 1), signed(0.01, 1)]).toEqual([
    '+1.3',
    '\u22121.3',
    '0.0',
  ]);
});

test('parameter values keep their digits and lose their zeros', () => {
  expect([compact(0.0005), compact(0.01), compact(16), compact(0), compact(1e-9)]).toEqual([
    '0.0005',
    '0.01',
    '16',
    '0',
    '1e-9',
  ]);
});

test('epsilon is shown in grey levels', () => {
  // 0.005 * 255 = 1.275, rounded up, and 0.03 * 255 = 7.65.
  expect([greyLevels(0.005), greyLevels(0.03), greyLevels(1 / 255)]).toEqual([
    '1.28/255',
    '7.65/255',
    '1/255',
  ]);
});

test('durations read as a person says them', () => {
  expect([41, 12_000, 200_000, 3_900_000, null].map(duration)).toEqual([
    '41 ms',
    '12 s',
    '3 min 20 s',
    '1 h 05 min',
    '–',
  ]);
});

test('counts and sizes', () => {
  expect(count(1162)).toBe('1\u2009162');
  expect([fileSize(12), fileSize(18_200), fileSize(2_500_000)]).toEqual([
    '12 B',
    '18.2 kB',
    '2.5 MB',
  ]);
});

test('paths keep the separator of their system', () => {
  expect(joinPath('/home/ada', 'nt')).toBe('/home/ada/nt');
  expect(joinPath('/', 'nt')).toBe('/nt');
  expect(joinPath('C:\\data', 'nt')).toBe('C:\\data\\nt');
  expect(baseName('C:\\data\\nt\\')).toBe('nt');
});

test('the report quotes what CSV must quote and lets no name become a formula', () => {
  const csv = reportCsv({
    datasetId: 1,
    imported: 0,
    excluded: ['t1.bmp'],
    problems: [{ kind: 'unreadable', name: '=cmd()', reason: 'ends, "early"' }],
  });
  expect(csv.split('\r\n')).toEqual([
    'kind,name,reason',
    `unreadable,'=cmd(),"ends, ""early"""`,
    'excluded,t1.bmp,left out by the data set itself',
    '',
  ]);
});

test('stored settings are shown in the words of their specs', () => {
  const facts = specFacts(catalogue.attackRun, { unit: 'image', keep: 24, old: true });
  expect(facts.map(({ name, value }) => [name, value])).toEqual([
    ['Attacked unit', 'whole picture'],
    ['Kept pictures', '24'],
    ['old', 'yes'],
  ]);
});
