import type { Dataset, DatasetImage, Split } from '@shared/domain/dataset';
import type { AttackRow, NormRow, ScoreRow } from '@shared/domain/results';
import type { EpochMetric, Job, JobSpec, Pair, Run, StepMetric } from '@shared/domain/run';
import { random } from '@shared/random';

/** Believable stored results for looking at every screen; no number here is a measurement. */
const NOW = Date.UTC(2025, 4, 12, 9, 30);
const HOUR = 3_600_000;

export const datasets: Dataset[] = [
  {
    id: 1,
    name: 'LIVE In the Wild',
    importer: 'livec',
    root: '/home/ada/data/ChallengeDB_release',
    scoreKind: 'mos',
    scoreMin: 0,
    scoreMax: 100,
    synthetic: false,
    imageCount: 1162,
    contentHash: '5e0c1a77b2f14d0e9a',
    createdAtMs: NOW - 30 * HOUR,
  },
  {
    id: 2,
    name: 'Demo (synthetic)',
    importer: 'demo',
    root: '/home/ada/studies/nt/artifacts/demo',
    scoreKind: 'mos',
    scoreMin: 0,
    scoreMax: 100,
    synthetic: true,
    imageCount: 240,
    contentHash: '99ab0c1a77b2f14d0e',
    createdAtMs: NOW - 20 * HOUR,
  },
];

export function images(dataset: Dataset): DatasetImage[] {
  const draw = random(dataset.id, 'mock/images', 0, 0);
  return Array.from({ length: dataset.imageCount }, (_, position) => ({
    id: dataset.id * 10_000 + position,
    datasetId: dataset.id,
    position,
    name: `Images/${position + 1}.bmp`,
    width: 500,
    height: 500,
    score: Math.min(92.43, Math.max(3.42, draw.normal(60, 19))),
    scoreStd: draw.uniform(12, 25),
    groupKey: dataset.synthetic ? `scene-${position % 48}` : null,
    sha256: `${draw.uint32().toString(16)}${draw.uint32().toString(16)}c0ffee`,
    dhash: '00ff00ff00ff00ff',
  }));
}

export const splits: Split[] = datasets.map((dataset) => {
  const test = Math.round(dataset.imageCount * 0.2);
  const validation = Math.round((dataset.imageCount - test) * 0.1);
  return {
    id: dataset.id,
    datasetId: dataset.id,
    name: dataset.synthetic ? '80/20 by reference' : "Authors' index file",
    spec: { method: 'random', seed: 1, testShare: 0.2, validationShare: 0.1, grouped: true },
    counts: { train: dataset.imageCount - test - validation, validation, test },
    scoreMin: 3.42,
    scoreMax: 92.4319,
    contentHash: '0bad5eed12345678',
    locked: dataset.id === 1,
    createdAtMs: NOW - 18 * HOUR,
  };
});

export function run(id: number, pairId: number, nt: boolean, state: Run['state']): Run {
  return {
    id,
    name: nt ? 'CNNIQA +NT' : 'CNNIQA',
    regime: nt ? 'nt' : 'baseline',
    pairIds: [pairId],
    spec: {
      datasetId: 1,
      splitId: 1,
      modelId: 'cnniqa',
      modelVersion: 1,
      modelParams: { kernels: 50, dropout: 0.5 },
      trainer: {
        epochs: 12,
        batchSize: 16,
        learningRate: 0.001,
        optimizer: 'adam',
        selection: 'validation',
      },
      nt: nt ? { lambda: 0.0005, h: 0.01, space: 'pixel', half: false } : null,
      seed: 1,
    },
    state,
    trainJobId: id,
    epochsDone: state === 'done' ? 12 : 4,
    epochsTotal: 12,
    selectedEpoch: state === 'done' ? 11 : null,
    selection: 'validation',
    weightsSha256: state === 'done' ? 'abcdef0123456789' : null,
    parameterCount: 724_901,
    engine: 'cpu',
    labScale: { scale: 1, offset: 0 },
    createdAtMs: NOW - (20 - id) * HOUR,
    deletedAtMs: null,
  };
}

export const runs: Run[] = [
  run(1, 1, false, 'done'),
  run(2, 1, true, 'done'),
  run(3, 2, false, 'done'),
  run(4, 2, true, 'running'),
];
export const pairs: Pair[] = [
  { id: 1, name: 'CNNIQA λ 0.0005', baselineRunId: 1, ntRunId: 2, createdAtMs: NOW - 19 * HOUR },
  { id: 2, name: 'CNNIQA λ 0.001', baselineRunId: 3, ntRunId: 4, createdAtMs: NOW - 17 * HOUR },
];

export function job(id: number, spec: JobSpec, title: string, state: Job['state']): Job {
  const total = spec.kind === 'train' ? 700 : 232;
  const done = state === 'done' ? total : Math.round(total * 0.4);
  return {
    id,
    kind: spec.kind,
    spec,
    runId: spec.runId,
    title,
    state,
    note:
      state === 'interrupted' ? 'The worker ended without a word; nothing stored was lost.' : null,
    progress: {
      done,
      total,
      unit: spec.kind === 'train' ? 'steps' : 'images',
      phase: spec.kind === 'train' ? 'training, epoch 5 of 12' : 'attacking',
      leftMs: state === 'running' ? 200_000 : null,
    },
    error: null,
    engine: 'cpu',
    createdAtMs: NOW - 10 * HOUR + id,
    startedAtMs: NOW - 10 * HOUR,
    endedAtMs: state === 'done' ? NOW - 9 * HOUR : null,
  };
}

const batch = { side: 'test', limit: null } as const;
const fgsm = (runId: number): JobSpec => ({
  ...batch,
  kind: 'attack',
  runId,
  attackId: 'fgsm',
  attackVersion: 1,
  params: { epsilon: 0.005, loss: 'mid' },
  run: { unit: 'crop', keep: 24 },
  seed: 1,
});
export const jobs: Job[] = [
  job(1, { kind: 'train', runId: 1 }, 'CNNIQA on LIVE In the Wild', 'done'),
  job(2, { kind: 'train', runId: 2 }, 'CNNIQA +NT on LIVE In the Wild', 'done'),
  job(3, { kind: 'train', runId: 3 }, 'CNNIQA on LIVE In the Wild', 'done'),
  job(4, { kind: 'train', runId: 4 }, 'CNNIQA +NT on LIVE In the Wild', 'running'),
  job(5, { ...batch, kind: 'evaluate', runId: 1 }, 'Evaluate CNNIQA', 'done'),
  job(6, { ...batch, kind: 'evaluate', runId: 2 }, 'Evaluate CNNIQA +NT', 'done'),
  job(7, fgsm(1), 'FGSM on CNNIQA', 'done'),
  job(8, fgsm(2), 'FGSM on CNNIQA +NT', 'done'),
  job(9, { ...batch, kind: 'norms', runId: 1, params: { h: 0.01 } }, 'Norms of CNNIQA', 'done'),
  job(
    10,
    { ...batch, kind: 'norms', runId: 2, params: { h: 0.01 } },
    'Norms of CNNIQA +NT',
    'done',
  ),
  job(
    11,
    { ...fgsm(3), params: { epsilon: 0.01, loss: 'mid' } } as JobSpec,
    'FGSM on CNNIQA',
    'interrupted',
  ),
];

/** The test side: the last fifth, as in `splits`. */
export function members(split: Split): { train: number[]; validation: number[]; test: number[] } {
  const { train, validation, test } = split.counts;
  const all = Array.from({ length: train + validation + test }, (_, index) => index);
  return {
    train: all.slice(0, train),
    validation: all.slice(train, train + validation),
    test: all.slice(train + validation),
  };
}

export function scoreRows(runId: number, pictures: readonly DatasetImage[]): ScoreRow[] {
  const draw = random(runId, 'mock/scores', 0, 0);
  return pictures.map((image) => ({
    imageId: image.id,
    score: 12 + 0.75 * (image.score - 3.42) + draw.normal(0, 9),
    views: 25,
  }));
}

export function attackRows(runId: number, pictures: readonly DatasetImage[]): AttackRow[] {
  const draw = random(runId, 'mock/attack', 0, 0);
  const strength = runId % 2 === 0 ? 5 : 21;
  return scoreRows(runId, pictures).map((row, index) => {
    const down = row.score > 50;
    const move = Math.max(0.2, draw.normal(strength, strength / 4)) * (down ? -1 : 1);
    return {
      imageId: row.imageId,
      clean: row.score,
      attackedFloat: row.score + move,
      attackedEightBit: row.score + move * 0.78,
      linfFloat: 0.005,
      linfEightBit: 1 / 255,
      l2: 3.1,
      ssim: { 'ssim-piq': 0.991 - draw.uniform(0, 0.01), 'ssim-full': 0.978 },
      psnr: 46.1,
      direction: down ? 'down' : 'up',
      steps: 1,
      zeroGradientShare: 0.0004,
      clampedShare: 0.011,
      durationMs: 41,
      artifact: index < 24 ? `${row.imageId}.png` : null,
    };
  });
}

export function normRows(runId: number, pictures: readonly DatasetImage[]): NormRow[] {
  const draw = random(runId, 'mock/norms', 0, 0);
  const level = runId % 2 === 0 ? 900 : 4200;
  return pictures.map((image) => {
    const exact = level * Math.exp(draw.normal(0, 0.35));
    const estimate = exact * (1 - draw.uniform(0, 0.04));
    return {
      imageId: image.id,
      exact,
      estimate,
      relativeError: (exact - estimate) / exact,
      views: 25,
    };
  });
}

export function steps(runId: number, from: number, to: number): StepMetric[] {
  const nt = runId % 2 === 0;
  return Array.from({ length: Math.max(0, to - from) }, (_, offset) => {
    const step = from + offset + 1;
    const draw = random(runId, 'mock/steps', 0, step);
    const qualityLoss = 9 + 16 * Math.exp(-step / 120) + draw.normal(0, 0.9);
    const norm = nt ? 5200 * Math.exp(-step / 90) + 900 + draw.normal(0, 60) : 0;
    const normTerm = nt ? 0.0005 * (norm / 100) ** 2 : 0;
    return {
      step,
      epoch: Math.ceil(step / 58),
      qualityLoss,
      normTerm,
      total: qualityLoss + normTerm,
      normEstimate: nt ? norm : null,
      learningRate: 0.001,
    };
  });
}

export function epochs(runId: number, count: number): EpochMetric[] {
  const draw = random(runId, 'mock/epochs', 0, 0);
  return Array.from({ length: count }, (_, index) => ({
    epoch: index + 1,
    step: (index + 1) * 58,
    validationSrocc: 0.58 - 0.35 * Math.exp(-index / 3) + draw.normal(0, 0.012),
    validationRmse: 16.5 + 8 * Math.exp(-index / 3) + draw.normal(0, 0.25),
    trainMs: 21_000,
    dataWaitShare: 0.012,
  }));
}
