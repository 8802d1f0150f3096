import { describe, expect, test } from 'vitest';
import type { FitSpec } from '@shared/domain/run';
import type { FigureOptions, Study } from '@shared/domain/study';
import { parseExperiment } from '../../../src/main/experiment/schema';
import { agrees, compareNumbers } from '../../../src/main/recipe/compare';
import { makeRecipe, recipeText } from '../../../src/main/recipe/make';
import { parseRecipe } from '../../../src/main/recipe/read';
import type { RecipeSource } from '../../../src/main/recipe/source';
import { buildStudy, withRun } from '../../helpers/study';
import { buildGrid } from '../../helpers/study-grid';

const options: FigureOptions = { scored: 'float' };
const size = { widthIn: 3.25, heightIn: 3, fontPt: 8, font: 'serif', dpi: 300 } as const;

/** What a workspace would say that holds just this study. */
const sourceOf = (study: Study, fit: RecipeSource['fit'] = () => null): RecipeSource => {
  const found = (id: number) => {
    const entry = study.runs.find(({ run }) => run.id === id);
    if (!entry) throw new Error(`no run ${id}`);
    return entry;
  };
  return {
    pairs: study.pairs,
    run: (id) => found(id).run,
    split: () => {
      const [first] = study.runs;
      if (!first) throw new Error('no run');
      return first.split;
    },
    fit,
    fileTitle: () => 'A pattern',
  };
};
const recipeOf = (kind: 'figure' | 'table', id: string, study: Study, own = options) =>
  makeRecipe(kind, id, study, own, sourceOf(study), kind === 'figure' ? size : undefined);
interface File {
  readonly pairs: readonly { model: string; weights?: unknown }[];
  readonly attacks: readonly { attack: string; params: Record<string, unknown> }[];
  readonly norms: readonly unknown[];
  readonly evaluate: readonly string[];
  readonly fits: readonly { fit: string; pair: number; twin: string }[];
}
const fileOf = (recipe: ReturnType<typeof recipeOf>) => recipe.experiments[0]?.file as File;

describe('a recipe', () => {
  const study = buildStudy({ images: 20 });

  test('is read back as it was written, and its experiment is one that iqalab run takes', () => {
    const recipe = recipeOf('figure', 'before-after', study);
    const text = recipeText(recipe);
    expect(parseRecipe(text, 'x')).toEqual(JSON.parse(JSON.stringify(recipe)));
    expect(recipeText(recipeOf('figure', 'before-after', study))).toBe(text);
    const plan = parseExperiment(JSON.stringify(fileOf(recipe)), 'x');
    expect(plan.pairs[0]).toMatchObject({ model: 'cnniqa', seed: 7, nt: { lambda: 0.001 } });
    expect(plan.attacks[0]).toMatchObject({ attack: 'fgsm', params: { epsilon: 0.005 }, seed: 7 });
  });

  test('names data, split, weights, engine and settings of every run, and no path or date', () => {
    const text = recipeText(recipeOf('table', 'clean', study));
    for (const each of ['cd'.repeat(32), 'ef'.repeat(32), 'ab'.repeat(32), '"cpu"', '"lambda"'])
      expect(text).toContain(each);
    expect(text).not.toMatch(/\/images|createdAtMs|"root"/);
  });

  test('asks for no more than the export was made of', () => {
    const measures = (kind: 'figure' | 'table', id: string) => {
      const { attacks, norms, evaluate } = fileOf(recipeOf(kind, id, study));
      return [attacks.length, norms.length, evaluate.length];
    };
    expect(measures('figure', 'norm-density')).toEqual([0, 1, 0]);
    expect(measures('figure', 'before-after')).toEqual([1, 0, 0]);
    expect(measures('table', 'clean')).toEqual([0, 0, 1]);
    expect(measures('figure', 'loss-curves')).toEqual([0, 0, 0]);
  });

  test('of a figure of one pair and one attack leaves out the other pairs and attacks', () => {
    const grid = buildGrid(12);
    const chosen = { ...options, attack: 'FGSM, eps 0.005' };
    const file = fileOf(recipeOf('figure', 'before-after', grid, chosen));
    expect(file.pairs).toHaveLength(1);
    expect(file.attacks.map(({ attack }) => attack)).toEqual(['fgsm']);
    // A figure of all of them keeps them.
    const whole = recipeOf('figure', 'norm-robustness', grid, chosen);
    expect(whole.runs).toHaveLength(grid.runs.length);
    expect(fileOf(whole).pairs).toHaveLength(grid.pairs.length);
  });

  test('says on which run a file of an attack is fitted, and which files must be brought', () => {
    const sha256 = '12'.repeat(32);
    const fitted = study.runs.reduce<Study>((made, { attacks }, i) => {
      const own = attacks.map((attack) => ({
        ...attack,
        spec: {
          ...attack.spec,
          params: { epsilon: 0.005, pattern: sha256 },
          files: [{ need: 'pattern', sha256, label: 'UAP pattern', kind: 'uap', id: 'x' }],
        },
      }));
      return withRun(made, i, { attacks: own });
    }, study);
    const spec: FitSpec = {
      kind: 'fit',
      runId: 2,
      side: 'train',
      fitId: 'uap',
      fitVersion: 1,
      on: 'model',
      params: {},
      seed: 3,
      limit: null,
    };
    const here = makeRecipe(
      'table',
      'rmse',
      fitted,
      options,
      sourceOf(fitted, () => spec),
    );
    expect(fileOf(here).fits).toMatchObject([{ fit: 'uap', pair: 1, twin: 'nt', seed: 3 }]);
    expect(fileOf(here).attacks[0]?.params).toMatchObject({ pattern: 'uap 1' });
    expect(here.files).toEqual([]);
    const elsewhere = makeRecipe('table', 'rmse', fitted, options, sourceOf(fitted));
    expect(elsewhere.files).toEqual([{ sha256, label: 'UAP pattern' }]);
  });

  test('that is none is refused in plain words', () => {
    expect(() => parseRecipe('{', 'a.json')).toThrow('a.json is not JSON');
    expect(() => parseRecipe('{}', 'a.json')).toThrow('a.json is no recipe');
    expect(() => parseRecipe('{"recipe": 2}', 'a.json')).toThrow('later version');
    expect(() => parseRecipe('{"recipe": 1, "lab": 3}', 'a.json')).toThrow('a.json: lab');
  });
});

describe('numbers made again', () => {
  const was = {
    columns: ['image', 'score'],
    rows: [
      ['a', 1],
      ['b', 200],
      ['c', null],
    ],
  };

  test('are counted as equal, close or apart, column by column', () => {
    const is = {
      ...was,
      rows: [
        ['a', 1],
        ['b', 200.1],
        ['c', null],
      ],
    };
    const comparison = compareNumbers(was, is);
    expect(comparison.columns).toMatchObject([{ column: 'score', count: 2, equal: 1, close: 2 }]);
    // 0.1 of 200.1
    expect(comparison.columns[0]?.worst).toBeCloseTo(0.1 / 200.1, 9);
    expect(agrees(comparison)).toBe(true);
    const far = compareNumbers(was, {
      ...was,
      rows: [
        ['a', 1],
        ['b', null],
        ['c', null],
      ],
    });
    expect(far.columns[0]).toMatchObject({ equal: 1, close: 1, worst: Infinity });
    expect(agrees(far)).toBe(false);
  });

  test('are found by the name of their column, in whatever order the columns stand', () => {
    const two = { columns: ['x', 'a', 'a'], rows: [['r', 1, 2]] };
    const turned = { columns: ['a', 'x', 'a'], rows: [[1, 'r', 2]] };
    expect(agrees(compareNumbers(two, turned))).toBe(true);
    // The same training twice is made once.
    const once = { columns: ['x', 'a'], rows: [['r', 1]] };
    expect(compareNumbers(two, once).columns.map(({ equal }) => equal)).toEqual([1, 0]);
  });

  test('of another shape are not compared', () => {
    expect(compareNumbers(was, { ...was, rows: [] }).shape).toBe('there were 3 rows, there are 0');
    expect(agrees(compareNumbers(was, { columns: ['x'], rows: [] }))).toBe(false);
  });
});
