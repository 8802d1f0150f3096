import { describe, expect, test } from 'vitest';
import type { FigureOptions, Study } from '@shared/domain/study';
import { paperImprovements, paperLosses, paperSteps } from '@shared/paper/ablations';
import { paperMeasure } from '@shared/paper/measures';
import { paperAccess, paperAttacks, paperModels } from '@shared/paper/models';
import { attackMeasures } from '@shared/study/measures';
import { improvement } from '@shared/study/improvement';
import { attackOf } from '@shared/study/select';
import { makeTable, tables, type Table, type TableCell } from '@shared/tables';
import { writeTable } from '@shared/tables/writers';
import attackLoss from '@shared/tables/attack-loss';
import clean from '@shared/tables/clean';
import improvementTable from '@shared/tables/improvement';
import krocc from '@shared/tables/krocc';
import rmseTable from '@shared/tables/rmse';
import rRobustness from '@shared/tables/r-robustness';
import significance from '@shared/tables/significance';
import stepSize from '@shared/tables/step-size';
import { frozen } from '../../helpers/option-json';
import { buildStudy, withRun } from '../../helpers/study';
import { buildGrid } from '../../helpers/study-grid';

const options: FigureOptions = { scored: 'float' };
const grid = frozen(buildGrid());
const black = 'UAP, scale 0.04*';

function cell(table: Table, row: readonly string[], ...path: string[]): TableCell {
  const k = table.columns.findIndex(
    ({ groups, label }) => [...groups, label].join('/') === path.join('/'),
  );
  const found = table.rows.find(({ headers }) => headers.join('/') === row.join('/'))?.cells[k];
  if (!found) throw new Error(`no cell at ${row.join('/')} under ${path.join('/')}`);
  return found;
}

describe('Table S11 from the printed Tables 2 and 3', () => {
  const computed = (metric: 'rmse' | 'srocc', model: (typeof paperModels)[number]) =>
    improvement(
      paperAttacks.map((attack) => {
        const at = (twin: boolean) =>
          paperMeasure({ metric, block: 'beforeAfter', attack, model, twin })?.value ?? null;
        return { blackBox: paperAccess[attack] === 'black-box', base: at(false), twin: at(true) };
      }),
    );

  test('HyperIQA under white-box attacks: -8.7595', () => {
    // ((7.885 - 19.174) + (0.130 - 6.360)) / 2, exact but for binary rounding.
    expect(computed('rmse', 'hyperiqa').white.value).toBeCloseTo(-8.7595, 10);
  });

  test.each(paperModels)('%s: every printed mean follows from the printed cells', (model) => {
    const column = paperModels.indexOf(model);
    for (const metric of ['rmse', 'srocc'] as const) {
      const own = computed(metric, model);
      for (const group of ['white', 'black', 'overall'] as const) {
        // Four printed decimals, of cells with three: half a unit of the last, and binary rounding.
        const gap = Math.abs(
          (own[group].value ?? NaN) - (paperImprovements[metric][group][column] ?? NaN),
        );
        expect(gap, `${metric} ${group}`).toBeLessThan(5.01e-5);
      }
    }
  });
});

describe('reference data of the paper', () => {
  const all = paperModels.flatMap((model) =>
    (['rmse', 'srocc', 'plcc', 'krocc', 'r'] as const).flatMap((metric) =>
      (['clean', 'mosAfter', 'beforeAfter'] as const).flatMap((block) =>
        paperAttacks.flatMap((attack) =>
          [false, true].map((twin) => ({ metric, block, attack, model, twin })),
        ),
      ),
    ),
  );

  test('correlations lie in -1 to 1, errors and R above 0', () => {
    for (const place of all) {
      const found = paperMeasure(place);
      if (!found) continue;
      const bounded = ['srocc', 'plcc', 'krocc'].includes(place.metric);
      expect(Math.abs(found.value)).toBeLessThanOrEqual(bounded ? 1 : 200);
      if (!bounded) expect(found.value).toBeGreaterThan(0);
    }
  });

  test('the cells that look wrong are flagged with the reason, and no others', () => {
    const doubtful = all.filter((place) => paperMeasure(place)?.doubt !== undefined);
    const keys = doubtful.map(
      ({ metric, block, attack, model, twin }) =>
        `${metric} ${block} ${attack} ${model}${twin ? ' twin' : ''}`,
    );
    const twice = (key: string): string[] => [key, `${key} twin`];
    expect(new Set(keys)).toEqual(
      new Set([
        ...twice('krocc mosAfter perceptual maniqa'),
        ...twice('plcc mosAfter perceptual maniqa'),
        'krocc beforeAfter fgsm hyperiqa',
        ...twice('r beforeAfter fgsm linearityiqa'),
        ...twice('r beforeAfter perceptual linearityiqa'),
        ...paperAttacks.flatMap((attack) => twice(`r beforeAfter ${attack} maniqa`)),
      ]),
    );
    expect(paperSteps.flatMap(({ h, cleanRmse }) => (cleanRmse.doubt ? [h] : []))).toEqual([0.01]);
  });

  test('tables that repeat one another agree', () => {
    const dbcnn = { attack: 'fgsm', model: 'dbcnn', twin: false } as const;
    for (const block of ['mosAfter', 'beforeAfter'] as const) {
      for (const metric of ['rmse', 'srocc', 'plcc', 'krocc'] as const) {
        expect(paperMeasure({ ...dbcnn, block, metric })?.value).toBe(
          paperLosses.mid[block][metric],
        );
      }
    }
    const step = paperSteps.find(({ h }) => h === 0.01);
    const twin = { ...dbcnn, twin: true, block: 'beforeAfter', metric: 'rmse' } as const;
    expect(step?.attackedRmse.value).toBe(paperMeasure(twin)?.value);
  });
});

describe('tables beside the paper', () => {
  const beside: FigureOptions = { ...options, paper: true };

  test('have the printed value and the difference after each of ours', () => {
    const table = clean.toTable(grid, beside);
    const own = clean.toTable(grid, options);
    expect(table.columns).toHaveLength(3 * own.columns.length);
    const at = table.columns.findIndex(({ groups }) => groups[0] === 'LinearityIQA');
    const [ours, theirs, gap] = table.rows[0]?.cells.slice(at, at + 3) ?? [];
    expect(theirs).toEqual({ text: '12.730', value: 12.73 });
    expect(gap?.value).toBe(Number(ours?.value) - 12.73);
    expect(table.notes.join(' ')).toContain('Liu et al. (CVPR 2024)');
    expect(own.notes.join(' ')).not.toContain('Liu et al.');
  });

  test('mark doubtful cells and give the reason', () => {
    const table = krocc.toTable(grid, beside);
    const marked = table.rows.flatMap(({ cells }) => cells).filter(({ doubtful }) => doubtful);
    expect(marked.map(({ text }) => text)).toContain('0.043\u2020');
    expect(table.notes.join(' ')).toContain('\u2020 Doubtful in the paper: KROCC of HyperIQA');
  });

  test('leave models and attacks that the paper does not have without a value', () => {
    const pair = buildStudy({ images: 6 });
    const [ours, theirs, gap] = clean.toTable(pair, beside).rows[0]?.cells ?? [];
    expect(ours?.value).toEqual(expect.any(Number));
    expect([theirs?.text, gap?.text]).toEqual(['', '']);
  });
});

test('the list of tables begins with the paper’s own, in its order', () => {
  expect(tables.flatMap(({ paper }) => paper ?? [])).toEqual([
    'Table 1',
    'Table 2',
    'Tables 2, 3 and S8\u2013S10',
    'Table 3',
    'Table 4',
    'Tables S5 and S7',
    'Table S5',
    'Table S6',
    'Table S7',
    'Table S8',
    'Table S9',
    'Table S10',
    'Table S11',
  ]);
});

describe('tables of one measure', () => {
  test('have a row per attack and star the black-box one', () => {
    const table = rmseTable.toTable(grid, options);
    expect(table.headers).toEqual(['Attack']);
    expect(table.rows.map(({ headers }) => headers[0])).toContain(black);
    expect(table.notes).toContain('* Black-box attack.');
  });

  test('R has one block, since it compares scores before and after', () => {
    const table = rRobustness.toTable(grid, options);
    expect(table.columns.every(({ groups }) => groups.length === 1)).toBe(true);
    expect(table.notes.join(' ')).toContain('Images so floored');
  });

  test('two that are equal as printed are both plain', () => {
    const pair = buildStudy({ images: 6 });
    const [base] = pair.runs;
    const tied = withRun(pair, 1, { attacks: base?.attacks ?? [] });
    const cells = rmseTable.toTable(tied, options).rows[0]?.cells ?? [];
    expect(cells.map(({ bold }) => bold === true)).toEqual([false, false, false, false]);
  });
});

describe('the paper\u2019s cells', () => {
  const joined = makeTable(rmseTable, grid, { ...options, joined: true });
  const apart = makeTable(rmseTable, grid, options);

  test('hold both twins, each half with its own bold', () => {
    const k = joined.columns.findIndex(({ groups }) => groups[1] === 'MANIQA');
    expect(joined.columns[k]?.label).toBe('base / +NT');
    const first = apart.columns.findIndex(({ groups }) => groups[1] === 'MANIQA');
    const [base, twin] = apart.rows[0]?.cells.slice(first, first + 2) ?? [];
    expect(joined.rows[0]?.cells[k]).toMatchObject({ parts: [base, twin] });
    expect(base?.bold === true).not.toBe(twin?.bold === true);
    expect(joined.columns.length).toBe(apart.columns.length / 2);
  });

  test('reach every format with one half bold', () => {
    expect(writeTable(joined, 'latex')).toMatch(/\d\.\d{3} \/ \\textbf\{\d+\.\d{3}\}/);
    expect(writeTable(joined, 'html')).toMatch(/\d\.\d{3} \/ <b>\d+\.\d{3}<\/b>/);
    expect(writeTable(joined, 'markdown')).toMatch(/\d\.\d{3} \/ \*\*\d+\.\d{3}\*\*/);
  });
});

describe('our Table S11', () => {
  test('is the mean over the attacks of each kind', () => {
    const table = improvementTable.toTable(grid, options);
    const [base, twin] = grid.runs.filter(({ modelTitle }) => modelTitle === 'MANIQA');
    if (!base || !twin) throw new Error('the fixture has this model');
    const labels = ['FGSM, eps 0.005', 'FGSM, eps 0.005, loss mae', 'FGSM, eps 0.005, loss mse'];
    const change = (label: string): number => {
      const [before, after] = [base, twin].map(
        (run) => attackMeasures(run, attackOf(run, label), 'float').beforeAfter.rmse.value ?? NaN,
      );
      return (after ?? NaN) - (before ?? NaN);
    };
    const expected = labels.reduce((sum, label) => sum + change(label), 0) / labels.length;
    const row = ['Mean \u0394RMSE \u2193', 'White-box'];
    expect(cell(table, row, 'MANIQA').value).toBeCloseTo(expected, 10);
    expect(cell(table, ['Mean \u0394RMSE \u2193', 'Black-box'], 'MANIQA').value).toBeCloseTo(
      change('UAP, scale 0.04'),
      10,
    );
  });

  test('says where there was no attack of a kind', () => {
    const table = improvementTable.toTable(buildStudy({ images: 6 }), options);
    expect(cell(table, ['Mean \u0394RMSE \u2193', 'Black-box'], 'CNNIQA')).toMatchObject({
      value: null,
      note: 'no such attack on both',
    });
  });
});

describe('ablations', () => {
  test('Table 4 has a column per step h of the twins that share everything else', () => {
    const table = stepSize.toTable(grid, options);
    const steps = table.columns.filter(({ groups }) => groups[0] === 'HyperIQA');
    expect(steps.map(({ label }) => label)).toEqual(['h = 0.01', 'h = 0.1']);
    expect(stepSize.needs(grid, options)).toEqual([]);
    expect(stepSize.needs(buildStudy({ images: 3 }), options)).toMatchObject([{ action: 'train' }]);
  });

  test('Table S6 marks the strongest loss, where RMSE is largest and SROCC smallest', () => {
    const table = attackLoss.toTable(grid, { ...options, pairId: 5 });
    expect(table.rows.map(({ headers }) => headers[1])).toEqual([
      'mae',
      'mse',
      'mid',
      'mae',
      'mse',
      'mid',
    ]);
    const beforeAfter = table.rows.slice(3).map(({ cells }) => cells[0]);
    expect(beforeAfter.map((each) => each?.bold === true)).toEqual([false, false, true]);
  });

  test('Table S6 asks for the losses that are missing, with settings like the stored ones', () => {
    const [missing] = attackLoss.needs(buildStudy({ images: 3 }), options);
    expect(missing).toMatchObject({
      action: 'attack',
      attacks: [
        { attackId: 'fgsm', params: { epsilon: 0.005, loss: 'mae' } },
        { attackId: 'fgsm', params: { epsilon: 0.005, loss: 'mse' } },
      ],
    });
  });
});

describe('significance', () => {
  const pair = buildStudy({ images: 40 });
  const cellsOf = (study: Study) => {
    const table = significance.toTable(study, options);
    return (on: string, name: string): TableCell[] =>
      table.rows.find(({ headers }) => headers[0] === on && headers[1] === name)
        ?.cells as TableCell[];
  };

  test('a clear difference is bold, its interval leaves out zero and p is small', () => {
    const at = cellsOf(pair);
    const [difference, interval] = at('FGSM, eps 0.005', 'RMSE, before and after');
    expect(difference?.bold).toBe(true);
    expect(interval?.text).toMatch(/^\[\u2212\d+\.\d+, \u2212\d+\.\d+\]$/);
    const [, , p] = at('FGSM, eps 0.005', '|after \u2212 before|');
    expect(p?.text).toBe('< 0.001');
  });

  test('equal twins differ by nothing: no bold, and no test', () => {
    const [base] = pair.runs;
    const equal = withRun(pair, 1, { scores: base?.scores ?? null, attacks: base?.attacks ?? [] });
    const at = cellsOf(equal);
    expect(at('FGSM, eps 0.005', 'RMSE, before and after')[0]).toMatchObject({ text: '0.000' });
    expect(at('FGSM, eps 0.005', 'RMSE, before and after')[0]?.bold).toBeUndefined();
    expect(at('FGSM, eps 0.005', '|after \u2212 before|')[0]?.value).toBeNull();
  });
});
