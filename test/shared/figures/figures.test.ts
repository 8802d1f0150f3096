import { describe, expect, test } from 'vitest';
import type { FigureOptions, Study, StudyRun } from '@shared/domain/study';
import { LabError } from '@shared/errors';
import { figures, findFigure, pointOf } from '@shared/figures';
import { printTheme, screenTheme } from '@shared/theme';
import { frozen, notPlain, optionText } from '../../helpers/option-json';
import { buildStudy, withRun } from '../../helpers/study';
import { buildGrid } from '../../helpers/study-grid';

const options: FigureOptions = { scored: 'float' };
const pair = frozen(buildStudy());
/** Figures over models, lambda or strengths need more than one pair: four models with sweeps. */
const grid = frozen(buildGrid());
const overGrid = [
  'changes-by-model',
  'dimensions',
  'intensity',
  'lambda-sweep',
  'norm-densities',
  'norm-robustness',
  'plate',
];
const print = printTheme('serif', 8, 10, { width: 2340, height: 2000 });
const small = frozen(buildStudy({ images: 8, steps: 10, epochs: 4 }));

/** Every run changed alike. */
function everyRun(study: Study, change: (run: StudyRun) => Partial<StudyRun>): Study {
  return study.runs.reduce((made, run, i) => withRun(made, i, change(run)), study);
}

describe.each(figures)('$id', (figure) => {
  const many = overGrid.includes(figure.id);
  const study = many ? grid : pair;

  test('draws plain data that never changes: the same study gives the same option', () => {
    const from = many ? grid : small;
    const option = figure.toOption(from, options, print);
    expect(notPlain(option)).toEqual([]);
    expect(figure.toOption(from, options, print)).toEqual(option);
    expect(optionText(option)).toMatchSnapshot();
  });

  test.each(['light', 'dark'] as const)('draws plain data on a %s screen', (mode) => {
    expect(notPlain(figure.toOption(study, options, screenTheme(mode)))).toEqual([]);
  });

  test('needs nothing more from a complete study', () => {
    expect(figure.needs(study, options)).toEqual([]);
  });

  test('names what an empty study and an untouched pair lack', () => {
    const nobody = { ...study, runs: [], pairs: [] };
    expect(figure.needs(nobody, options)).toMatchObject([{ action: 'train', runId: null }]);
    const untouched = everyRun(pair, () => ({
      scores: null,
      attacks: [],
      norms: null,
      steps: [],
      epochs: [],
    }));
    const missing = figure.needs(untouched, options);
    const runIds = missing.flatMap(({ runId }) => runId ?? []);
    expect([...new Set(runIds)]).toEqual([1, 2]);
    const twin = missing.find(({ runId }) => runId === 2);
    expect(twin?.reason).toMatch(/^CNNIQA \+NT has /);
  });

  test('draws without a run, with one twin missing, and with a single image', () => {
    const cases = [
      { ...study, runs: [], pairs: [] },
      withRun(pair, 1, { scores: null, attacks: [], norms: null, steps: [], epochs: [] }),
      pair,
      buildStudy({ images: 1, steps: 1, epochs: 1 }),
    ];
    for (const awkward of cases) {
      expect(notPlain(figure.toOption(awkward, options, print))).toEqual([]);
      expect(figure.toCsv(awkward, options).columns.length).toBeGreaterThan(0);
      expect(figure.caption(awkward, options)).not.toMatch(/NaN|Infinity|undefined runs/);
      expect(figure.summary(awkward, options).length).toBeGreaterThan(0);
    }
  });

  test('titles say what an axis measures; the tick labels fit beside them', () => {
    // The diagram of the experiment and the pictures have no axes.
    if (figure.id === 'dimensions' || figure.id === 'plate') return;
    const { xAxis, yAxis } = figure.toOption(study, options, print);
    const axes = [xAxis, yAxis].flat() as { show?: boolean; name?: string; axisLabel?: object }[];
    const drawn = axes.filter((axis) => axis.show !== false);
    // Of small multiples the outer axes carry the titles.
    for (const axes of [xAxis, yAxis]) {
      const labelled = ([axes].flat() as typeof drawn).filter(
        ({ show, axisLabel }) =>
          show !== false && (axisLabel as { show?: boolean } | undefined)?.show !== false,
      );
      const titled = labelled.filter(({ name }) => /\w/.test(name ?? ''));
      if (many) expect(titled.length > 0 || labelled.length === 0).toBe(true);
      else expect(titled).toEqual(labelled);
    }
    expect(drawn.length).toBeGreaterThanOrEqual(2);
  });

  test('the caption says when data are synthetic and when a checkpoint was selected on test', () => {
    expect(figure.caption(study, options)).toContain('demo scenes (synthetic)');
    expect(figure.caption(study, options)).not.toContain('selected on test');
    const onTest = everyRun(study, ({ run, dataset }) => ({
      run: { ...run, selection: 'test' },
      dataset: { ...dataset, synthetic: false },
    }));
    expect(figure.caption(onTest, options)).toContain('selected on test');
    expect(figure.caption(onTest, options)).not.toContain('synthetic');
  });

  test('the data file has a value under every column and its origin in every row', () => {
    const { columns, rows } = figure.toCsv(study, options);
    expect(rows.length).toBeGreaterThan(0);
    for (const row of rows) {
      expect(row).toHaveLength(columns.length);
      expect(row.slice(-2)).toEqual(['demo scenes (synthetic)', 'validation']);
    }
    expect(new Set(columns).size).toBe(columns.length);
  });

  test('every selectable point is a datum of the drawing with the same place and image', () => {
    // Hover knows the first area of a figure: small multiples of images have none to select.
    if (figure.points === undefined) return;
    const points = figure.points(study, options);
    const { dataset = [] } = figure.toOption(study, options, print);
    const data = ([dataset].flat() as { source?: unknown[] }[]).flatMap((set) => set.source ?? []);
    expect(points).toHaveLength(data.length);
    points.forEach(({ x, y, imageId, runId }, i) => {
      expect(data[i]).toEqual([x, y, imageId, runId]);
      expect(pointOf(data[i])).toEqual({ imageId, runId });
    });
  });
});

describe('the list of figures', () => {
  test('has every form of the paper', () => {
    const forms = figures.filter(({ paper }) => paper !== null).map(({ id, paper }) => [id, paper]);
    expect(forms).toEqual([
      ['absolute-change', 'Fig. 1'],
      ['plate', 'Figs. 2 and S13\u2013S15'],
      ['dimensions', 'Fig. 3'],
      ['norm-densities', 'Fig. 4'],
      ['norm-density', 'Fig. 4, one panel'],
      ['norm-robustness', 'Fig. 5'],
      ['intensity', 'Fig. 6'],
      ['lambda-sweep', 'Figs. 7 and S12'],
      ['changes-by-model', 'Figs. S8\u2013S11'],
    ]);
  });

  test('a misspelled id is answered with the right one', () => {
    expect(findFigure('before-after').id).toBe('before-after');
    expect(() => findFigure('before-aftr')).toThrow(LabError);
    try {
      findFigure('before-aftr');
    } catch (error) {
      expect(error).toMatchObject({ kind: 'not-found', next: 'Did you mean "before-after"?' });
    }
  });

  test('a mark without an image is no point', () => {
    expect(pointOf([1, 2])).toBeNull();
    expect(pointOf({ x: 1 })).toBeNull();
    expect(pointOf([1, 2, 'a', 4])).toBeNull();
  });
});
