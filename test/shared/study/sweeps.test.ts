import { describe, expect, test } from 'vitest';
import { intensities, meanSsim, twinSweeps } from '@shared/study/sweeps';
import { pairPerModel, regimeLabel } from '@shared/study/models';
import { buildStudy } from '../../helpers/study';
import { buildGrid } from '../../helpers/study-grid';

const grid = buildGrid(6);

describe('sweeps over a setting of the regularisation', () => {
  test('join the twins of one baseline that differ in nothing else', () => {
    const sweeps = twinSweeps(grid, 'lambda');
    expect(sweeps.map(({ label }) => label)).toEqual([
      'HyperIQA',
      'DBCNN',
      'LinearityIQA',
      'MANIQA',
    ]);
    // The twin with h = 0.1 belongs to another sweep.
    expect(sweeps[0]?.twins.map(({ value }) => value)).toEqual([0.0005, 0.001, 0.003]);
    expect(twinSweeps(grid, 'h')[0]?.twins.map(({ value }) => value)).toEqual([0.01, 0.1]);
  });

  test('take the sweep of the pair asked for', () => {
    const [sweep] = twinSweeps(grid, 'lambda', 4);
    expect(sweep?.twins.map(({ run }) => run.run.spec.nt)).toMatchObject([
      { lambda: 0.001, h: 0.1 },
    ]);
  });

  test('also join pairs whose baselines are equal but were trained twice', () => {
    const [first] = grid.pairs;
    const baseline = grid.runs.find(({ run }) => run.id === first?.baselineRunId);
    if (!first || !baseline) throw new Error('the fixture has a pair');
    const again = { ...baseline, run: { ...baseline.run, id: 99 } };
    const pairs = grid.pairs.map((pair) => (pair.id === 2 ? { ...pair, baselineRunId: 99 } : pair));
    const [sweep] = twinSweeps({ ...grid, pairs, runs: [...grid.runs, again] }, 'lambda');
    expect(sweep?.twins).toHaveLength(3);
  });
});

describe('strengths of an attack', () => {
  const runs = grid.runs.slice(0, 2);

  test('are the batches that differ in epsilon and steps alone, weakest first', () => {
    const found = intensities(runs, { scored: 'float' });
    expect(found).toHaveLength(12);
    expect(found[0]).toMatchObject({ epsilon: 0.0025, steps: 1 });
    expect(found.at(-1)).toMatchObject({ epsilon: 0.03, steps: 10 });
  });

  test('are those of the attack asked for', () => {
    const asked = { scored: 'float', attack: 'FGSM, eps 0.005' } as const;
    expect(intensities(runs, asked).map(({ label }) => label)).toEqual(['FGSM, eps 0.005']);
    expect(intensities([], asked)).toEqual([]);
  });

  test('are measured by the SSIM the batch names', () => {
    const [attack] = buildStudy({ images: 4 }).runs[0]?.attacks ?? [];
    if (!attack) throw new Error('the fixture has an attack');
    expect(meanSsim(attack)).toEqual({ variant: 'ssim-piq', value: 0.985 });
    expect(meanSsim({ ...attack, rows: [] })).toBeNull();
  });
});

test('one pair per model: the one asked for, else the first', () => {
  const names = (pairId?: number): (number | null)[] =>
    pairPerModel(grid, { scored: 'float', pairId }).map((pair) => pair.pairId);
  expect(names()).toEqual([1, 5, 7, 8]);
  expect(names(3)).toEqual([3, 5, 7, 8]);
  expect(grid.runs.slice(0, 2).map(regimeLabel)).toEqual(['baseline', '+NT']);
});
