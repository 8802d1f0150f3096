import { describe, expect, test } from 'vitest';
import type { FigureOptions, Study } from '@shared/domain/study';
import { bootstrap, isInterval } from '@shared/stats/bootstrap';
import { mean, standardDeviation } from '@shared/stats/quantiles';
import { rmse } from '@shared/stats/rmse';
import { repeatsOf } from '@shared/splits/repeats';
import type { Split } from '@shared/domain/dataset';
import repeats from '@shared/tables/repeats';
import { buildStudy } from '../../helpers/study';

const options: FigureOptions = { scored: 'float' };
const seeds = [3, 4, 5, 6];

/** Four repeats over seeds, as one series. */
function buildSeries(): Study {
  const studies = seeds.map((seed) => buildStudy({ seed }));
  const [first] = studies;
  if (!first) throw new Error('four studies');
  const series = { id: 7, name: 'CNNIQA', over: 'seeds' } as const;
  return {
    ...first,
    runs: studies.flatMap(({ runs }, k) =>
      runs.map((each) => {
        const id = 10 * k + each.run.id;
        const spec = { ...each.run.spec, seed: seeds[k] ?? 0 };
        return { ...each, run: { ...each.run, id, pairIds: [k], spec } };
      }),
    ),
    // Newest first, as the database lists them.
    pairs: studies
      .flatMap(({ pairs }, k) =>
        pairs.map((pair) => ({
          ...pair,
          id: k,
          name: `CNNIQA, seed ${seeds[k] ?? 0}`,
          baselineRunId: 10 * k + pair.baselineRunId,
          ntRunId: 10 * k + pair.ntRunId,
          series,
        })),
      )
      .reverse(),
  };
}

const study = buildSeries();
const table = repeats.toTable(study, options);

/** A statistic of a measure: of the baselines, the twins and their differences. */
function row(block: string, name: string, statistic: string): (string | number | null)[] {
  const found = table.rows.find(
    ({ headers }) => headers.join() === [block, name, statistic].join(),
  );
  return found?.cells.map(({ value }) => value) ?? [];
}

describe('the table of repeats', () => {
  const rmseOf = (regime: 'baseline' | 'nt'): number[] =>
    study.runs
      .filter(({ run }) => run.regime === regime)
      .map((run) => {
        const scores = new Map(run.scores?.rows.map(({ imageId, score }) => [imageId, score]));
        const both = run.images.map(({ id, mos }) => [mos, scores.get(id) ?? NaN] as const);
        return (
          rmse(
            both.map(([mos]) => mos),
            both.map(([, score]) => score),
          ).value ?? NaN
        );
      });
  const [base, twin] = [rmseOf('baseline'), rmseOf('nt')];
  const differences = twin.map((value, i) => value - (base[i] ?? NaN));

  test('has mean, deviation and interval of baselines, twins and their differences', () => {
    expect(table.columns.map(({ groups, label }) => [...groups, label].join('/'))).toEqual(
      ['base', '+NT', '+NT \u2212 base'].map((part) => `CNNIQA/${part}`),
    );
    const means = row('clean', 'RMSE \u2193', 'mean');
    expect(means[0]).toBeCloseTo(mean(base).value ?? NaN, 12);
    expect(means[1]).toBeCloseTo(mean(twin).value ?? NaN, 12);
    expect(means[2]).toBeCloseTo(mean(differences).value ?? NaN, 12);
    const deviations = row('clean', 'RMSE \u2193', 'sd');
    expect(deviations[0]).toBeCloseTo(standardDeviation(base).value ?? NaN, 12);
  });

  test('draws the twins of a repeat together: the interval is that of the differences', () => {
    const result = bootstrap(
      4,
      (positions) => mean(Array.from(positions, (i) => differences[i] ?? NaN)),
      { seed: 1, resamples: 1000 },
    );
    if (!isInterval(result)) throw new Error('four differences have an interval');
    const text = [result.low, result.high].map((v) => v.toFixed(3).replace('-', '\u2212'));
    expect(row('clean', 'RMSE \u2193', '95 %')[2]).toBe(`[${text.join(', ')}]`);
  });

  test('covers robustness and gradients, and says what the repeats are', () => {
    const blocks = [...new Set(table.rows.map(({ headers }) => headers[0]))];
    expect(blocks[0]).toBe('clean');
    expect(blocks.some((block) => block?.endsWith('before & after'))).toBe(true);
    expect(blocks.at(-1)).toBe('gradient');
    expect(table.notes[0]).toBe('CNNIQA: 4 repeats, seeds 3, 4, 5 and 6, one split.');
  });

  test('names measures that some repeats lack, and leaves those out', () => {
    const runs = study.runs.map((each, i) => (i === 1 ? { ...each, scores: null } : each));
    const partial = repeats.toTable({ ...study, runs }, options);
    expect(partial.notes).toContain('CNNIQA, RMSE (clean): 4 baselines and 3 twins of 4.');
    expect(repeats.needs({ ...study, runs }, options)).toMatchObject([{ action: 'evaluate' }]);
  });

  test('two repeats have no interval, and pairs that are no series no table', () => {
    const kept = study.pairs.filter(({ id }) => id < 2);
    const ids = new Set(kept.flatMap((pair) => [pair.baselineRunId, pair.ntRunId]));
    const two = { ...study, pairs: kept, runs: study.runs.filter(({ run }) => ids.has(run.id)) };
    const first = repeats.toTable(two, options).rows.slice(0, 3);
    expect(
      first.map(({ headers, cells }) => [headers[2], cells.every(({ text }) => text === '')]),
    ).toEqual([
      ['mean', false],
      ['sd', false],
      ['95 %', true],
    ]);
    const loose = { ...study, pairs: study.pairs.map((pair) => ({ ...pair, series: undefined })) };
    expect(repeats.needs(loose, options)).toMatchObject([
      { action: 'train', reason: expect.stringContaining('No repeats') as string },
    ]);
  });
});

test('repeats of a split are those of one specification, by seed', () => {
  const split = (id: number, seed: number, testShare = 0.2): Split => ({
    id,
    datasetId: 1,
    name: `split ${id}`,
    spec: { method: 'random', seed, testShare, validationShare: 0.1, grouped: true },
    counts: { train: 1, validation: 1, test: 1 },
    scoreMin: 0,
    scoreMax: 1,
    contentHash: '',
    locked: false,
    createdAtMs: 0,
  });
  const splits = [split(1, 5), split(2, 3), split(3, 4, 0.3), split(4, 4)];
  expect(repeatsOf(splits, split(1, 5)).map(({ id }) => id)).toEqual([2, 4, 1]);
});
