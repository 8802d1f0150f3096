import { describe, expect, test } from 'vitest';
import { countText, fixed, listed, measuredText, short } from '@shared/study/format';
import { attackPoints, normPoints, scorePoints } from '@shared/study/points';
import { attackOf, chosenPair, pairsOf, runLabel } from '@shared/study/select';
import { coverageNotes } from '@shared/study/notes';
import { buildStudy } from '../../helpers/study';

const study = buildStudy({ images: 5 });
const [base, twin] = study.runs;
if (!base || !twin) throw new Error('the fixture has a pair');

describe('numbers as text', () => {
  test('negative numbers carry a true minus, a rounded zero carries none', () => {
    expect(fixed(-1.25, 1)).toBe('\u22121.3');
    expect(fixed(-0.0004, 3)).toBe('0.000');
    expect(measuredText({ value: null, reason: 'why' }, 3)).toBe('undefined');
  });

  test('about three digits, with an exponent only where the number would be long', () => {
    expect([0, 0.01234, 4.5678, 1230, -56.78, 3e-7, 2e9].map(short)).toEqual([
      '0',
      '0.0123',
      '4.57',
      '1230',
      '\u221256.8',
      '3.0\u00d710^\u22127',
      '2.0\u00d710^9',
    ]);
  });

  test('lists and counts', () => {
    expect(listed([])).toBe('');
    expect(listed(['a', 'b', 'c'])).toBe('a, b and c');
    expect(countText([60, 60])).toBe('n = 60');
    expect(countText([60, 58])).toBe('n = 60 and 58');
  });
});

describe('points', () => {
  test('stand in the order of the data set, whatever order rows arrived in', () => {
    const rows = [...(base.scores?.rows ?? [])].reverse();
    const shuffled = { ...base, scores: { jobId: 1, complete: true, rows } };
    expect(scorePoints(shuffled)).toEqual(scorePoints(base));
    expect(scorePoints(base).map(({ imageId }) => imageId)).toEqual([1, 2, 3, 4, 5]);
  });

  test('exist only for images that have a row; a row of another side is no point', () => {
    const rows = [{ imageId: 99, score: 1, views: 1 }, ...(base.scores?.rows ?? []).slice(0, 2)];
    expect(scorePoints({ ...base, scores: { jobId: 1, complete: false, rows } })).toHaveLength(2);
    expect(attackPoints(base, null, 'float')).toEqual([]);
    expect(normPoints({ ...base, norms: null })).toEqual([]);
  });
});

describe('choosing', () => {
  test('a pair by its id, else the first; a run without a pair stands alone', () => {
    const lonely = { ...study, pairs: [] };
    expect(pairsOf(lonely).map(({ runs }) => runs.map(runLabel))).toEqual([
      ['CNNIQA'],
      ['CNNIQA +NT'],
    ]);
    expect(chosenPair(study, { scored: 'float', pairId: 1 })?.pairId).toBe(1);
    expect(chosenPair(study, { scored: 'float', pairId: 7 })?.pairId).toBe(1);
    expect(chosenPair({ ...study, runs: [] }, { scored: 'float' })).toBeNull();
  });

  test('of two batches with one label the newest finished one counts', () => {
    const [attack] = base.attacks;
    if (!attack) throw new Error('the fixture has an attack');
    const again = { ...attack, jobId: 50 };
    const running = { ...attack, jobId: 51, complete: false };
    const run = { ...base, attacks: [attack, again, running] };
    expect(attackOf(run, attack.label)?.jobId).toBe(50);
    expect(attackOf({ ...base, attacks: [running] }, attack.label)?.jobId).toBe(51);
    expect(attackOf(run, 'none')).toBeNull();
  });
});

test('a finished batch over every image needs no note', () => {
  expect(coverageNotes([{ run: base, batch: base.scores }])).toEqual([]);
  expect(coverageNotes([{ run: base, batch: null }])).toEqual([]);

  const spec = { limit: 3 };
  expect(coverageNotes([{ run: base, batch: { complete: false, rows: [1], spec } }])).toEqual([
    'Incomplete: 1 of 3 images for CNNIQA.',
  ]);
});
