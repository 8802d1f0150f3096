import { expect, test } from 'vitest';
import type { AttackSpec, Job } from '@shared/domain/run';
import { must } from '@shared/errors';
import { binCounts, roundExtent } from '../../src/renderer/components/bins';
import { moveCursor, visibleRange } from '../../src/renderer/components/virtual';
import { batchName } from '../../src/renderer/state/batch-name';
import { groupBatches } from '../../src/renderer/state/batches';
import { stageMarks } from '../../src/renderer/state/stages';
import { meanOf, twinRows } from '../../src/renderer/state/twin-rows';
import { catalogue } from './mock/catalogue';
import { datasets, images, job, jobs, pairs, runs } from './mock/data';

const views = pairs.map((pair) => ({
  pair,
  baseline: runs.find((run) => run.id === pair.baselineRunId),
  nt: runs.find((run) => run.id === pair.ntRunId),
}));
const attackJob = (id: number, runId: number, epsilon: number): Job =>
  job(
    id,
    {
      kind: 'attack',
      runId,
      side: 'test',
      attackId: 'fgsm',
      attackVersion: 1,
      params: runId === 1 ? { epsilon, loss: 'mid' } : { loss: 'mid', epsilon },
      run: {},
      seed: 1,
      limit: null,
    },
    'FGSM',
    'done',
  );

test('one setting on both twins is one batch, whatever the order of its settings', () => {
  const [batch, ...others] = groupBatches(
    'attack',
    [attackJob(1, 1, 0.01), attackJob(2, 2, 0.01)],
    views,
  );
  expect(others).toEqual([]);
  expect(batch?.baseline?.id).toBe(1);
  expect(batch?.nt?.id).toBe(2);
  expect(batch?.pair?.id).toBe(1);
});

test('another setting is another batch, and the newest comes first', () => {
  const found = groupBatches('attack', [attackJob(1, 1, 0.01), attackJob(2, 1, 0.03)], views);
  expect(found.map((batch) => batch.spec.params['epsilon'])).toEqual([0.03, 0.01]);
});

test('a repeated batch shows its later job', () => {
  const found = groupBatches('attack', [attackJob(1, 1, 0.01), attackJob(5, 1, 0.01)], views);
  expect(found.map((batch) => batch.baseline?.id)).toEqual([5]);
});

test('kinds do not mix, and a run without a twin stands alone', () => {
  expect(groupBatches('norms', jobs, views)).toHaveLength(1);
  const [alone] = groupBatches('attack', [attackJob(1, 77, 0.01)], views);
  expect(alone?.pair).toBeNull();
  expect(alone?.baseline?.id).toBe(1);
});

test('stage marks follow the method', () => {
  const nothing = {
    datasets: 0,
    splits: 0,
    pairs: 0,
    trainedRuns: 0,
    attacksDone: 0,
    normsDone: 0,
    running: new Set<'train'>(),
    stale: false,
  };
  expect(stageMarks(nothing)).toMatchObject({ data: 'ready', split: 'empty', compare: 'empty' });
  expect(stageMarks({ ...nothing, datasets: 1, splits: 1 })).toMatchObject({
    data: 'done',
    train: 'ready',
    attack: 'empty',
  });
  const trained = { ...nothing, datasets: 1, splits: 1, trainedRuns: 2 };
  expect(stageMarks({ ...trained, running: new Set(['train'] as const) }).train).toBe('running');
  expect(stageMarks({ ...trained, stale: true })).toMatchObject({
    compare: 'stale',
    tables: 'stale',
  });
});

test('rows of both twins meet at their picture, in the order of the data set', () => {
  const pictures = images(must(datasets[1], 'the demo set')).slice(0, 3);
  const [a, b] = [must(pictures[0], 'first').id, must(pictures[1], 'second').id];
  const rows = twinRows(pictures, [{ imageId: b }], [{ imageId: b }, { imageId: a }]);
  expect(rows.map((row) => [row.image.id, row.baseline?.imageId, row.nt?.imageId])).toEqual([
    [a, undefined, a],
    [b, b, b],
  ]);
});

test('a mean over nothing is nothing', () => {
  expect(meanOf([1, 2, 6], (value) => value)).toBe(3);
  expect(meanOf([1, 2], () => null)).toBeNull();
});

test('only cells near the view are drawn', () => {
  const layout = { scrollTop: 10_000, height: 500, rowHeight: 100, columns: 5, count: 10_073 };
  expect(visibleRange(layout)).toEqual({ from: 97 * 5, to: 108 * 5 });
  expect(visibleRange({ ...layout, count: 3 })).toEqual({ from: 3, to: 3 });
});

test('arrow keys move by cell and row and stop at the ends', () => {
  const grid = { columns: 4, count: 10, page: 2 };
  expect(moveCursor('ArrowRight', 3, grid)).toBe(4);
  expect(moveCursor('ArrowDown', 8, grid)).toBe(9);
  expect(moveCursor('ArrowUp', 2, grid)).toBe(0);
  expect(moveCursor('PageDown', 0, grid)).toBe(8);
  expect(moveCursor('End', 0, grid)).toBe(9);
  expect(moveCursor('a', 0, grid)).toBeNull();
  expect(moveCursor('ArrowLeft', 1, { ...grid, columns: 1 })).toBeNull();
});

test('bins count every value once, the ends included', () => {
  expect(binCounts([0, 0.5, 1, 1, 2], 0, 2, 2)).toEqual([2, 3]);
  expect(binCounts([-1, 3], 0, 2, 2)).toEqual([0, 0]);
  expect(binCounts([1, 1], 1, 1, 3)).toEqual([0, 0, 0]);
});

test('an axis ends on round numbers', () => {
  // LIVEC's MOS run from 3.42 to 92.4319 (published ratings).
  expect(roundExtent([3.42, 92.4319])).toEqual([0, 100]);
  expect(roundExtent([0.12, 0.31])[0]).toBeLessThanOrEqual(0.12);
});

test('a batch is named by what was done and the numbers the paper states for it', () => {
  expect(batchName(attackJob(1, 1, 0.03).spec as AttackSpec, catalogue)).toBe('FGSM, epsilon 0.03');
  const gone = { ...(attackJob(1, 1, 0.03).spec as AttackSpec), attackId: 'no-longer-there' };
  expect(batchName(gone, catalogue)).toBe('no-longer-there');
});
