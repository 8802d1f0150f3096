import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { WritableDb } from '../../../src/main/db/handle';
import { insertJob } from '../../../src/main/db/jobs';
import { openDatabase } from '../../../src/main/db/open';
import {
  addWarning,
  listAttacks,
  listJobWarnings,
  listScores,
  listTraces,
  replaceTraces,
  upsertAttacks,
  upsertScores,
} from '../../../src/main/db/results';
import { insertRun, listRuns } from '../../../src/main/db/runs';
import {
  countSteps,
  forgetAfterStep,
  lastStep,
  thinnedSteps,
  upsertSteps,
} from '../../../src/main/db/training';
import type { AttackRow } from '../../../src/shared/domain/results';
import type { StepMetric } from '../../../src/shared/domain/run';
import { seedData, temporaryFolder } from '../../helpers/workspace';

const step = (n: number, qualityLoss = n): StepMetric => ({
  step: n,
  epoch: 1,
  qualityLoss,
  normTerm: 0,
  total: qualityLoss,
  normEstimate: null,
  learningRate: 0.5,
});

let db: WritableDb;
let ids: { datasetId: number; splitId: number };
beforeEach(() => {
  db = openDatabase(':memory:');
  onTestFinished(() => db.close());
  const root = join(temporaryFolder(), 'pictures');
  mkdirSync(root);
  ids = seedData(db, root, 8);
});

function addRun(): { runId: number; jobId: number } {
  const runId = insertRun(db, {
    regime: 'baseline',
    name: 'run',
    spec: {
      ...ids,
      modelId: 'toy',
      modelVersion: 1,
      modelParams: {},
      trainer: {},
      nt: null,
      seed: 1,
    },
    modelTitle: 'Toy',
    selection: 'last',
    epochsTotal: 1,
    datasetHash: 'd',
    splitHash: 's',
    appVersion: '0',
    createdAtMs: 1,
  });
  const spec = { kind: 'train' as const, runId };
  return { runId, jobId: insertJob(db, { spec, action: 'Training', createdAtMs: 1 }) };
}

describe('steps', () => {
  it('are replaced when they are computed again', () => {
    const { runId } = addRun();
    upsertSteps(db, runId, [step(1), step(2)]);
    upsertSteps(db, runId, [step(2, 99)]);
    expect(thinnedSteps(db, runId, 0, 100).map((s) => s.qualityLoss)).toEqual([1, 99]);
  });

  it('are thinned evenly to the number asked for, with the newest among them', () => {
    const { runId } = addRun();
    upsertSteps(
      db,
      runId,
      Array.from({ length: 1003 }, (_, i) => step(i + 1)),
    );
    const thinned = thinnedSteps(db, runId, 0, 100).map((s) => s.step);
    expect(thinned.length).toBeLessThanOrEqual(100);
    expect(thinned.length).toBeGreaterThan(80);
    expect(thinned.at(-1)).toBe(1003);
    const gaps = new Set(thinned.slice(1, -1).map((s, i) => s - (thinned[i] ?? 0)));
    expect(gaps.size).toBe(1);
    expect(countSteps(db, runId)).toBe(1003);
  });

  it('after a step are only the later ones, all of them when they are few', () => {
    const { runId } = addRun();
    upsertSteps(
      db,
      runId,
      [1, 2, 3, 4, 5].map((n) => step(n)),
    );
    expect(thinnedSteps(db, runId, 3, 10).map((s) => s.step)).toEqual([4, 5]);
    expect(thinnedSteps(db, runId, 5, 10)).toEqual([]);
  });

  it('after the checkpoint a training continues from are forgotten', () => {
    const { runId } = addRun();
    upsertSteps(
      db,
      runId,
      [1, 2, 3, 4].map((n) => step(n)),
    );
    forgetAfterStep(db, runId, 2);
    expect(lastStep(db, runId)).toBe(2);
  });

  it.each([NaN, Infinity])(
    'with a loss of %s are refused, and nothing of the batch is kept',
    (bad) => {
      const { runId } = addRun();
      expect(() => db.transaction(() => upsertSteps(db, runId, [step(1), step(2, bad)]))).toThrow(
        expect.objectContaining({ kind: 'non-finite' }) as Error,
      );
      expect(countSteps(db, runId)).toBe(0);
    },
  );
});

it('stores a score once however often it is sent', () => {
  const { jobId } = addRun();
  const imageId = db.get<{ id: number }>('SELECT min(id) AS id FROM images')?.id ?? 0;
  upsertScores(db, jobId, [{ imageId, score: 1, views: 2 }]);
  upsertScores(db, jobId, [{ imageId, score: 3, views: 2 }]);
  expect(listScores(db, jobId)).toEqual([{ imageId, score: 3, views: 2 }]);
});

it('stores how like its original an attacked image is, and reads rows of before that was measured', () => {
  const { jobId } = addRun();
  const images = db.all<{ id: number }>('SELECT id FROM images ORDER BY position LIMIT 2');
  const [measured, earlier] = images.map(({ id: imageId }): AttackRow => ({
    imageId,
    clean: 50,
    attackedFloat: 40,
    attackedEightBit: 41,
    linfFloat: 0.005,
    linfEightBit: 0.004,
    l2: 2,
    ssim: { 'ssim-full': 0.9 },
    psnr: null,
    direction: 'down',
    steps: 1,
    zeroGradientShare: 0,
    clampedShare: 0,
    durationMs: 1,
    artifact: null,
  }));
  if (!measured || !earlier) throw new Error('the data set has eight images');
  const saved = { l2: 1, ssim: { 'ssim-full': 0.8 }, psnr: 40, perceptual: { dists: 0.25 } };
  const rows = [{ ...measured, perceptual: { dists: 0.5 }, saved }, earlier];
  upsertAttacks(db, jobId, rows);
  expect(listAttacks(db, jobId)).toEqual(rows);
});

it('stores certified bounds and counted queries, and gives rows without them back without them', () => {
  const { jobId } = addRun();
  const [a = 0, b = 0] = db
    .all<{ id: number }>('SELECT id FROM images ORDER BY position LIMIT 2')
    .map(({ id }) => id);
  const scores = [
    { imageId: a, score: 50, views: 1, certified: { low: 48.5, high: 53 } },
    { imageId: b, score: 20, views: 1, certified: null },
  ];
  upsertScores(db, jobId, scores);
  expect(listScores(db, jobId)).toEqual([scores[0], { imageId: b, score: 20, views: 1 }]);
  const row = {
    clean: 50,
    attackedFloat: 60,
    attackedEightBit: 59,
    linfFloat: 0.005,
    linfEightBit: 0.004,
    l2: 1,
    ssim: {},
    psnr: null,
    direction: 'up' as const,
    steps: 3,
    zeroGradientShare: 0,
    clampedShare: 0,
    durationMs: 1,
    artifact: null,
  };
  upsertAttacks(db, jobId, [
    { imageId: a, ...row, queries: 500, gradients: 0 },
    { imageId: b, ...row },
  ]);
  expect(listAttacks(db, jobId).map(({ queries, gradients }) => [queries, gradients])).toEqual([
    [500, 0],
    [undefined, undefined],
  ]);
});

it('keeps a warning once however often it is raised, per image', () => {
  const { jobId } = addRun();
  for (const imageId of [null, 5, null, 5]) {
    addWarning(db, jobId, { code: 'zero-gradient', message: 'no gradient', imageId }, 1);
  }
  expect(listJobWarnings(db, jobId).map((warning) => warning.imageId)).toEqual([null, 5]);
});

it('refuses rows of a job that does not exist', () => {
  expect(() => upsertScores(db, 12345, [{ imageId: 1, score: 1, views: 1 }])).toThrow(
    'FOREIGN KEY',
  );
});

it('refuses a statement that writes through the reading half of the interface', () => {
  expect(() => db.get('DELETE FROM images RETURNING id')).toThrow('this statement writes');
});

it('gives a model the same colour slot for good', () => {
  addRun();
  addRun();
  expect(listRuns(db)).toHaveLength(2);
  expect(db.all('SELECT model_id, slot FROM model_slots')).toEqual([{ model_id: 'toy', slot: 0 }]);
});

it('keeps the steps of a traced image once, however often it is attacked', () => {
  const { jobId } = addRun();
  const [image] = db.all<{ id: number }>('SELECT id FROM images ORDER BY position LIMIT 1');
  const row = (step: number, score: number) => ({
    imageId: image?.id ?? 0,
    step,
    score,
    loss: null,
    linf: 0.5,
    ssim: null,
  });
  replaceTraces(db, jobId, [row(0, 1), row(1, 2), row(2, 3)]);
  replaceTraces(db, jobId, [row(0, 4), row(1, 5)]);
  expect(listTraces(db, jobId)).toEqual([row(0, 4), row(1, 5)]);
});
