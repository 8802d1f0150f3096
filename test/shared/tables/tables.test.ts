import { describe, expect, test } from 'vitest';
import type { FigureOptions, Study } from '@shared/domain/study';
import { findTable, tables, type Table, type TableCell } from '@shared/tables';
import clean from '@shared/tables/clean';
import { pairCells } from '@shared/tables/lib/cells';
import fidelity from '@shared/tables/fidelity';
import norms from '@shared/tables/norms';
import robustness from '@shared/tables/robustness';
import settings from '@shared/tables/settings';
import { krocc } from '@shared/stats/krocc';
import { rmse } from '@shared/stats/rmse';
import { frozen } from '../../helpers/option-json';
import { buildStudy, withRun } from '../../helpers/study';

const options: FigureOptions = { scored: 'float' };
const study = frozen(buildStudy());

/** The cell under a column whose headings and label are `path`, in the row with these headers. */
function cell(table: Table, headers: readonly string[], ...path: string[]): TableCell {
  const k = table.columns.findIndex(
    ({ groups, label }) => [...groups, label].join('/') === path.join('/'),
  );
  const row = table.rows.find((each) => each.headers.join('/') === headers.join('/'));
  const found = row?.cells[k];
  if (!found) throw new Error(`no cell at ${headers.join('/')} under ${path.join('/')}`);
  return found;
}

describe.each(tables)('$id', (def) => {
  test('has a cell under every column and the same content every time', () => {
    const table = def.toTable(study, options);
    for (const row of table.rows) {
      expect(row.cells).toHaveLength(table.columns.length);
      expect(row.headers).toHaveLength(table.headers.length);
    }
    expect(table.id).toBe(def.id);
    expect(def.toTable(study, options)).toEqual(table);
    expect(table).toMatchSnapshot();
  });

  test('says when data are synthetic and when a checkpoint was selected on test', () => {
    const notes = (from: Study): string => def.toTable(from, options).notes.join(' ');
    expect(notes(study)).toContain('demo scenes (synthetic)');
    expect(notes(study)).not.toContain('selected on test');
    const [first] = study.runs;
    if (!first) throw new Error('the fixture has runs');
    const onTest = withRun(study, 0, { run: { ...first.run, selection: 'test' } });
    expect(notes(onTest)).toContain('Checkpoints selected on test (CNNIQA).');
  });

  test('can be made without a run and with one twin not measured', () => {
    const nobody = { ...study, runs: [], pairs: [] };
    expect(def.needs(nobody, options)).toMatchObject([{ action: 'train' }]);
    expect(def.toTable(nobody, options).columns).toEqual([]);
    const half = withRun(study, 1, { scores: null, attacks: [], norms: null });
    for (const row of def.toTable(half, options).rows) {
      for (const { value, text } of row.cells) {
        expect(value === null || typeof value === 'string' || Number.isFinite(value)).toBe(true);
        expect(text).not.toMatch(/NaN|Infinity|undefined/);
      }
    }
  });
});

describe('the better of two values is bold', () => {
  const bold = (a: number | null, b: number | null, better: 'lower' | 'higher'): string =>
    pairCells(
      [a, b].map((value) => (value === null ? { value, reason: 'why' } : { value })),
      3,
      better,
    )
      .map((each) => (each.bold ? 'bold' : 'plain'))
      .join(' ');

  test('by the direction of the metric', () => {
    expect(bold(1, 2, 'lower')).toBe('bold plain');
    expect(bold(1, 2, 'higher')).toBe('plain bold');
    expect(bold(-0.5, -0.4, 'higher')).toBe('plain bold');
  });

  test('not where the two are equal as printed, nor where one is undefined', () => {
    expect(bold(0.5, 0.5, 'higher')).toBe('plain plain');
    expect(bold(0.50001, 0.50002, 'higher')).toBe('plain plain');
    expect(bold(0.5, null, 'higher')).toBe('plain plain');
  });

  test('a single run has nothing to be better than', () => {
    expect(pairCells([{ value: 1 }], 3, 'lower')).toEqual([{ text: '1.000', value: 1 }]);
  });
});

describe('the table of likeness', () => {
  test('averages what was recorded, as scored and as saved', () => {
    const made = (scored: FigureOptions['scored']) => fidelity.toTable(study, { scored });
    const at = (scored: FigureOptions['scored'], name: string) =>
      cell(made(scored), ['FGSM, eps 0.005', name], 'CNNIQA', 'base');
    expect(at('float', 'PSNR, dB')).toMatchObject({ text: '46.00', value: 46 });
    expect(at('eight-bit', 'PSNR, dB')).toMatchObject({ text: '46.50', value: 46.5 });
    expect(at('eight-bit', 'L2').text).toBe('1.800');
    expect(at('float', 'ssim-piq').text).toBe('0.9850');
    expect(at('float', 'DISTS').text).toBe('0.0200');
  });

  test('has no row for a distance whose files were not there, and dashes for batches of before', () => {
    const names = fidelity.toTable(study, options).rows.map((row) => row.headers[1]);
    expect(names).not.toContain('LPIPS (VGG-16)');
    const [attack] = study.runs[0]?.attacks ?? [];
    if (!attack) throw new Error('the fixture has an attack');
    const rows = attack.rows.map((row) => ({ ...row, saved: undefined }));
    const older = withRun(study, 0, { attacks: [{ ...attack, rows }] });
    const made = fidelity.toTable(older, { scored: 'eight-bit' });
    expect(cell(made, [attack.label, 'PSNR, dB'], 'CNNIQA', 'base').note).toBe('not measured');
    expect(cell(made, [attack.label, 'PSNR, dB'], 'CNNIQA', '+NT').text).toBe('46.50');
  });
});

describe('the clean table', () => {
  const table = clean.toTable(study, options);

  test('measures MOS against the stored scores', () => {
    const [run] = study.runs;
    const mos = run?.images.map((image) => image.mos) ?? [];
    const scores = run?.scores?.rows.map((row) => row.score) ?? [];
    expect(cell(table, ['RMSE \u2193'], 'CNNIQA', 'base').value).toBe(rmse(mos, scores).value);
    expect(cell(table, ['KROCC \u2191'], 'CNNIQA', 'base').value).toBe(krocc(mos, scores).value);
  });

  test('states the difference of the twins with its interval', () => {
    expect(table.notes.join(' ')).toMatch(
      /\+NT minus base with 95 % interval \(paired bootstrap .* RMSE \d\.\d{3} \[\S+, \S+\], SROCC/,
    );
  });

  test('a model that scores every image alike has no correlation, and the note says why', () => {
    const rows = study.runs[0]?.scores?.rows.map((row) => ({ ...row, score: 40 })) ?? [];
    const constant = withRun(study, 0, { scores: { jobId: 1, complete: true, rows } });
    const made = clean.toTable(constant, options);
    const srocc = cell(made, ['SROCC \u2191'], 'CNNIQA', 'base');
    expect(srocc).toMatchObject({ text: 'undefined', value: null });
    expect(cell(made, ['SROCC \u2191'], 'CNNIQA', '+NT').bold).toBeUndefined();
    expect(made.notes).toContain('Undefined: the second of the two is constant (40).');
  });

  test('two pairs of one model are told apart by their names', () => {
    const [base, twin] = study.runs;
    if (!base || !twin) throw new Error('the fixture has a pair');
    const more = [base, twin].map((run, i) => ({ ...run, run: { ...run.run, id: 3 + i } }));
    const two = {
      ...study,
      runs: [...study.runs, ...more],
      pairs: [
        ...study.pairs,
        { id: 2, name: 'lambda 0.01', baselineRunId: 3, ntRunId: 4, createdAtMs: 0 },
      ],
    };
    expect(clean.toTable(two, options).columns.map(({ groups }) => groups[0])).toEqual([
      'CNNIQA (demo)',
      'CNNIQA (demo)',
      'CNNIQA (lambda 0.01)',
      'CNNIQA (lambda 0.01)',
    ]);
  });
});

describe('the robustness table', () => {
  const [mosAfter, beforeAfter] = ['MOS & score after attack', 'Score before & after attack'];

  test('has the block against MOS, the block before against after, and R in the second only', () => {
    const table = robustness.toTable(study, options);
    const rows = study.runs[0]?.attacks[0]?.rows ?? [];
    const expected = rmse(
      rows.map((row) => row.clean),
      rows.map((row) => row.attackedFloat),
    );
    const rmseRow = ['RMSE \u2193', 'FGSM, eps 0.005'];
    const rRow = ['R \u2191', 'FGSM, eps 0.005'];
    expect(cell(table, rmseRow, beforeAfter, 'CNNIQA', 'base').value).toBe(expected.value);
    expect(cell(table, rmseRow, mosAfter, 'CNNIQA', 'base').value).not.toBe(expected.value);
    expect(cell(table, rRow, mosAfter, 'CNNIQA', 'base')).toEqual({ text: '', value: null });
    expect(cell(table, rRow, beforeAfter, 'CNNIQA', '+NT').bold).toBe(true);
  });

  test('counts the images whose change was floored', () => {
    const [attack] = study.runs[0]?.attacks ?? [];
    if (!attack) throw new Error('the fixture has an attack');
    const rows = attack.rows.map((row, i) => (i < 2 ? { ...row, attackedFloat: row.clean } : row));
    const still = withRun(study, 0, { attacks: [{ ...attack, rows }] });
    expect(robustness.toTable(still, options).notes.join(' ')).toContain(
      '2 of 60 (CNNIQA, FGSM, eps 0.005)',
    );
  });

  test('stars black-box attacks and says which image was scored', () => {
    const [attack] = study.runs[0]?.attacks ?? [];
    if (!attack) throw new Error('the fixture has an attack');
    const blackBox = study.runs.reduce(
      (made, run, i) =>
        withRun(made, i, {
          attacks: run.attacks.map((each) => ({ ...each, access: 'black-box' })),
        }),
      study,
    );
    const table = robustness.toTable(blackBox, { scored: 'eight-bit' });
    expect(table.rows[0]?.headers[1]).toBe('FGSM, eps 0.005*');
    expect(table.notes).toContain('* Black-box attack.');
    expect(table.notes[0]).toContain('saved in 8 bit');
    expect(robustness.toTable(study, options).notes.join(' ')).not.toContain('Black-box');
  });

  test('repeats what the harness flagged', () => {
    const [attack] = study.runs[1]?.attacks ?? [];
    if (!attack) throw new Error('the fixture has an attack');
    const warning = { code: 'zero-gradient', message: 'the gradient was zero on 3 images' };
    const flagged = withRun(study, 1, { attacks: [{ ...attack, warnings: [warning, warning] }] });
    expect(
      robustness.toTable(flagged, options).notes.filter((note) => note.startsWith('Warning')),
    ).toEqual(['Warning: the gradient was zero on 3 images (CNNIQA +NT, FGSM, eps 0.005).']);
  });
});

describe('the other tables', () => {
  test('norms: the reduction is that of the means', () => {
    const table = norms.toTable(study, options);
    const [base, twin, reduction] = table.rows[0]?.cells ?? [];
    const expected = 100 * (1 - Number(twin?.value) / Number(base?.value));
    expect(reduction?.value).toBe(expected);
    expect(twin?.bold).toBe(true);
  });

  test('settings come from the stored specs; a baseline has no lambda', () => {
    const table = settings.toTable(study, options);
    expect(cell(table, ['NT', 'lambda'], 'CNNIQA', 'base').value).toBeNull();
    expect(cell(table, ['NT', 'lambda'], 'CNNIQA', '+NT').value).toBe(0.001);
    expect(cell(table, ['FGSM, eps 0.005', 'epsilon'], 'CNNIQA', 'base').value).toBe(0.005);
  });

  test('a misspelled id is answered with the right one', () => {
    expect(findTable('clean')).toBe(clean);
    expect(() => findTable('robustnes')).toThrow('There is no table "robustnes".');
  });
});
