import { describe, expect, it } from 'vitest';
import type { StudyAttack, StudyRun } from '@shared/domain/study';
import { must } from '@shared/errors';
import { defendedAttacks } from '@shared/study/defended';
import { comparableAttacks, reachOf, worstCase } from '@shared/study/worst-case';
import { findTable } from '@shared/tables';
import { twinKind, twinName } from '@shared/twin';
import { regimeName } from '@shared/tables/lib/cells';
import { runLabel } from '@shared/study/select';
import { buildStudy, withRun } from '../../helpers/study';

const study = buildStudy({ images: 3 });
const [baseline] = study.runs;
const run = must(baseline, 'the study has a baseline');
const fgsm = must(run.attacks[0], 'the study has an attack');

/** A second attack with the given changes of the score of the three images; null leaves one out. */
function other(
  label: string,
  changes: readonly (number | null)[],
  more: Partial<StudyAttack> = {},
): StudyAttack {
  const rows = fgsm.rows.flatMap((row, i) => {
    const by = changes[i] ?? null;
    return by === null ? [] : [{ ...row, clean: 50, attackedFloat: 50 + by, attackedEightBit: 50 }];
  });
  return { ...fgsm, label, rows, ...more };
}

function withAttacks(...attacks: StudyAttack[]): StudyRun {
  return { ...run, attacks };
}

describe('the worst case', () => {
  it('takes, per image, the attack that moved the score most, whichever way', () => {
    const both = withAttacks(other('a', [5, -9, 1]), other('b', [-6, 8, 1]));
    const { rows, wins, leftOut } = worstCase(both, ['a', 'b'], 'float');
    expect(rows.map(({ attackedFloat }) => attackedFloat - 50)).toEqual([-6, -9, 1]);
    // Equal changes count for the attack that comes first.
    expect(Object.fromEntries(wins)).toEqual({ a: 2, b: 1 });
    expect(leftOut).toBe(0);
  });

  it('leaves out images that an attack did not reach, and counts them', () => {
    const both = withAttacks(other('a', [5, 9, 1]), other('b', [6, null, null]));
    const { rows, leftOut } = worstCase(both, ['a', 'b'], 'float');
    expect([rows.length, leftOut]).toEqual([1, 2]);
  });

  it('compares the scores it is asked to compare', () => {
    const both = withAttacks(other('a', [5, 5, 5]), other('b', [6, 6, 6]));
    // As saved in 8 bit neither moved anything: all three count for the first.
    expect(worstCase(both, ['a', 'b'], 'eight-bit').wins.get('a')).toBe(3);
  });

  it('is taken over attacks on the bare model that every run has, controls left out', () => {
    const defence = { id: 'jpeg', version: 1, title: 'JPEG', params: {}, adaptive: true };
    const attacks = [
      other('a', [1, 1, 1]),
      other('behind', [1, 1, 1], { spec: { ...fgsm.spec, defence } }),
      other('noise', [1, 1, 1], { spec: { ...fgsm.spec, control: true } }),
      other('only here', [1, 1, 1]),
    ];
    const runs = [withAttacks(...attacks), withAttacks(other('a', [1, 1, 1]))];
    expect(comparableAttacks(runs)).toEqual(['a']);
  });

  it('knows how far attacks reached', () => {
    expect(reachOf([fgsm, null])).toBe(0.005);
  });
});

describe('the table of the worst case', () => {
  const wide = (attack: StudyAttack, linfFloat: number): StudyAttack => ({
    ...attack,
    rows: attack.rows.map((row) => ({ ...row, linfFloat })),
  });

  it('names the attacks in it and says where budgets differ', () => {
    const attacks = [
      wide(other('a', [5, -9, 1]), 0.005),
      wide(other('b', [-6, 8, 1]), 0.005),
      wide(other('c', [20, 20, 20]), 0.03),
    ];
    const both = [0, 1].reduce((all, i) => withRun(all, i, { attacks }), study);
    const table = findTable('worst-case').toTable(both, { scored: 'float' });
    expect(table.rows.map(({ headers }) => headers)).toEqual([
      ['a', '1.28/255'],
      ['b', '1.28/255'],
      ['c', '7.65/255'],
      ['Worst of 2 within', '1.28/255'],
      ['Worst of all 3', '7.65/255'],
    ]);
    const notes = table.notes.join(' ');
    expect(notes).toContain('Worst case over 3 attacks run on all runs: a, b and c.');
    expect(notes).toContain('did not have one budget');
    // RMSE of the worst: of 6, 9 and 1, and of 20.
    const rmse = (row: number): unknown => table.rows[row]?.cells[0]?.value;
    expect(rmse(3)).toBeCloseTo(Math.sqrt((36 + 81 + 1) / 3), 10);
    expect(rmse(4)).toBeCloseTo(20, 10);
  });

  it('is of the same pictures in every row, where batches differ in length', () => {
    const half = { ...fgsm.spec, limit: 2 };
    const attacks = [
      wide(other('a', [5, -9, 70]), 0.005),
      wide(other('b', [-6, 8, 80]), 0.005),
      wide(other('c', [20, 20, null], { spec: half }), 0.03),
    ];
    const both = [0, 1].reduce((all, i) => withRun(all, i, { attacks }), study);
    const table = findTable('worst-case').toTable(both, { scored: 'float' });
    // Cells 2 and 3 are the mean |change| of the two runs: over the first two pictures, which all attacks reached.
    const meanChange = table.rows.map(({ headers, cells }) => [headers[0], cells[2]?.value]);
    expect(meanChange).toEqual([
      ['a', (5 + 9) / 2],
      ['b', (6 + 8) / 2],
      ['c', 20],
      ['Worst of 2 within', (6 + 9) / 2],
      ['Worst of all 3', 20],
    ]);
  });

  it('says once how far a limited batch reaches, however many attacks share the limit', () => {
    const limited = { complete: true, spec: { ...fgsm.spec, limit: 2 } };
    const attacks = ['a', 'b', 'c'].map((label) => other(label, [5, -9, null], limited));
    const both = withRun(withRun(study, 0, { attacks }), 1, { attacks });
    for (const id of ['worst-case', 'robustness', 'defences']) {
      const { notes } = findTable(id).toTable(both, { scored: 'float' });
      expect(notes, id).toEqual([...new Set(notes)]);
    }
    expect(findTable('worst-case').toTable(both, { scored: 'float' }).notes).toContain(
      'The first 2 of 3 images only for CNNIQA.',
    );
  });
});

describe('attacks behind defences', () => {
  const jpeg = { id: 'jpeg', version: 1, title: 'JPEG', params: { quality: 50 } };
  const behind = (adaptive: boolean): StudyAttack => ({
    ...fgsm,
    spec: { ...fgsm.spec, defence: { ...jpeg, adaptive } },
    label: `${fgsm.label}, behind JPEG, quality 50 (${adaptive ? 'adaptive' : 'non-adaptive'})`,
  });

  it('are grouped under their attack, with adaptive and non-adaptive apart', () => {
    const found = defendedAttacks([withAttacks(behind(true), behind(false), fgsm)]);
    expect(found.map(({ attack, defence, knows }) => [attack, defence, knows])).toEqual([
      ['FGSM, eps 0.005', 'none', '–'],
      ['FGSM, eps 0.005', 'JPEG, quality 50', 'adaptive'],
      ['FGSM, eps 0.005', 'JPEG, quality 50', 'non-adaptive'],
    ]);
    expect(defendedAttacks([withAttacks(fgsm)])).toEqual([]);
  });

  it('stand in their table with the scores behind the defence and the width of certified bounds', () => {
    const defended = [
      {
        jobId: 90,
        spec: { kind: 'evaluate', runId: 1, side: 'test', defence: { ...jpeg, on: 'picture' } },
        label: 'JPEG, quality 50',
        complete: true,
        rows: run.images.map(({ id }, i) => ({
          imageId: id,
          score: 10 * i,
          views: 1,
          certified: { low: 10 * i - 2, high: 10 * i + 3 },
        })),
      },
    ] satisfies StudyRun['defended'];
    const both = withRun(study, 0, { defended, attacks: [behind(true), behind(false), fgsm] });
    const table = findTable('defences').toTable(both, { scored: 'float' });
    expect(table.rows.map(({ headers }) => headers[2])).toEqual([
      '–',
      '–',
      '–',
      'adaptive',
      'non-adaptive',
    ]);
    // Columns: four measures, two runs each; the width is the seventh cell.
    expect(table.rows[1]?.cells[6]?.value).toBe(5);
    expect(table.notes.join(' ')).toContain('Non-adaptive ones were made against the bare model');
  });

  it('asks for a batch where nothing was defended yet', () => {
    expect(
      findTable('defences')
        .needs(study, { scored: 'float' })
        .map(({ action }) => action),
    ).toContain('attack');
  });
});

describe('the name of a twin', () => {
  const spec = run.run.spec;
  const at = { epsilon: 0.01 };

  it('says what its training adds', () => {
    expect(twinName({ nt: null })).toBe('');
    expect(twinName({ nt: {} })).toBe('+NT');
    expect(twinName({ nt: null, at })).toBe('+AT');
    expect(twinName({ nt: {}, at })).toBe('+NT+AT');
    expect(twinKind({ nt: null, at })).toBe('at');
  });

  it('is what tables and figures print', () => {
    const twin: StudyRun = {
      ...run,
      run: { ...run.run, regime: 'nt', spec: { ...spec, nt: null, at } },
    };
    expect(regimeName(twin)).toBe('+AT');
    expect(runLabel(twin)).toBe(`${run.modelTitle} +AT`);
  });
});
