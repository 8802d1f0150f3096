import type { Study, StudyAttack, StudyImage, StudyRun } from '@shared/domain/study';
import type { AttackRow, NormRow } from '@shared/domain/results';
import type { EpochMetric, Regime, StepMetric } from '@shared/domain/run';
import { random } from '@shared/random';

export interface StudyRecipe {
  readonly seed: number;
  readonly images: number;
  readonly steps: number;
  readonly epochs: number;
}

const standard: StudyRecipe = { seed: 1, images: 60, steps: 240, epochs: 20 };

/** Numbers that make the twin look like a real one: weaker gradients, smaller changes, lower SROCC. */
const character = {
  baseline: { noise: 7, gain: 1, norm: 5200 },
  nt: { noise: 9, gain: 0.3, norm: 1900 },
} as const;

/**
 * A study of one pair on a synthetic data set: 60 images, scores, one FGSM batch and gradient norms
 * per run, with loss curves. Every number is a function of the seed; nothing of it was measured.
 */
export function buildStudy(change: Partial<StudyRecipe> = {}): Study {
  const recipe = { ...standard, ...change };
  const images = buildImages(recipe);
  return {
    selection: { runIds: [1, 2], side: 'test' },
    pairs: [{ id: 1, name: 'demo', baselineRunId: 1, ntRunId: 2, createdAtMs: 0 }],
    runs: [buildRun('baseline', images, recipe), buildRun('nt', images, recipe)],
  };
}

/** The same study with one run replaced, for tests of awkward cases. */
export function withRun(study: Study, index: number, change: Partial<StudyRun>): Study {
  return {
    ...study,
    runs: study.runs.map((run, i) => (i === index ? { ...run, ...change } : run)),
  };
}

function buildImages({ seed, images }: StudyRecipe): StudyImage[] {
  const stream = random(seed, 'test/mos');
  return Array.from({ length: images }, (_, i) => {
    const mos = Math.min(100, Math.max(0, stream.normal(58, 20)));
    return { id: i + 1, name: `scene-${String(i + 1).padStart(3, '0')}.png`, mos, rawScore: mos };
  });
}

function buildRun(regime: Regime, images: readonly StudyImage[], recipe: StudyRecipe): StudyRun {
  const id = regime === 'nt' ? 2 : 1;
  const { noise } = character[regime];
  const stream = random(recipe.seed, `test/score/${regime}`);
  const rows = images.map((image) => ({
    imageId: image.id,
    score: clamp(12 + 0.8 * image.mos + stream.normal(0, noise)),
    views: 4,
  }));
  return {
    run: {
      id,
      name: regime === 'nt' ? 'demo +NT' : 'demo baseline',
      regime,
      pairIds: [1],
      spec: {
        datasetId: 1,
        splitId: 1,
        modelId: 'cnniqa',
        modelVersion: 1,
        modelParams: { kernels: 50, lcn: true },
        trainer: { learningRate: 0.001, batchSize: 64, epochs: recipe.epochs, optimizer: 'adam' },
        nt: regime === 'nt' ? { lambda: 0.001, h: 0.01, space: 'pixel' } : null,
        seed: 7,
      },
      state: 'done',
      trainJobId: id,
      epochsDone: recipe.epochs,
      epochsTotal: recipe.epochs,
      selectedEpoch: Math.max(1, recipe.epochs - 3),
      selection: 'validation',
      weightsSha256: 'ab'.repeat(32),
      parameterCount: 726851,
      engine: 'cpu',
      labScale: { scale: 100, offset: 0 },
      createdAtMs: 0,
      deletedAtMs: null,
    },
    dataset: {
      id: 1,
      name: 'demo scenes',
      importer: 'demo',
      root: '/images',
      scoreKind: 'mos',
      scoreMin: 0,
      scoreMax: 100,
      synthetic: true,
      imageCount: 5 * images.length,
      contentHash: 'cd'.repeat(32),
      createdAtMs: 0,
    },
    split: {
      id: 1,
      datasetId: 1,
      name: 'random, seed 1',
      spec: { method: 'random', seed: 1, testShare: 0.2, validationShare: 0.1, grouped: true },
      counts: { train: 3.5 * images.length, validation: 0.5 * images.length, test: images.length },
      scoreMin: 3,
      scoreMax: 92,
      contentHash: 'ef'.repeat(32),
      locked: true,
      createdAtMs: 0,
    },
    modelTitle: 'CNNIQA',
    slot: 0,
    images: [...images],
    scores: { jobId: 10 + id, complete: true, rows },
    attacks: [buildAttack(regime, rows, recipe)],
    norms: {
      jobId: 30 + id,
      spec: { kind: 'norms', runId: id, side: 'test', params: { h: 0.01 }, limit: null },
      complete: true,
      rows: buildNorms(regime, images, recipe),
    },
    epochs: buildEpochs(regime, recipe),
    steps: buildSteps(regime, recipe),
    warnings: [],
  };
}

function buildAttack(
  regime: Regime,
  scores: readonly { imageId: number; score: number }[],
  recipe: StudyRecipe,
): StudyAttack {
  const runId = regime === 'nt' ? 2 : 1;
  const stream = random(recipe.seed, `test/attack/${regime}`);
  const { gain } = character[regime];
  const rows = scores.map(({ imageId, score }): AttackRow => {
    const direction = score > 50 ? 'down' : 'up';
    const shift = gain * Math.exp(stream.normal(2.9, 0.35)) * (direction === 'down' ? -1 : 1);
    return {
      imageId,
      clean: score,
      attackedFloat: score + shift,
      attackedEightBit: score + 0.93 * shift + stream.normal(0, 0.2),
      linfFloat: 0.005,
      linfEightBit: 1 / 255,
      l2: 1.9,
      ssim: { 'ssim-piq': 0.985 },
      psnr: 46,
      perceptual: { dists: 0.02 },
      saved: { l2: 1.8, ssim: { 'ssim-piq': 0.986 }, psnr: 46.5, perceptual: { dists: 0.019 } },
      direction,
      steps: 1,
      zeroGradientShare: 0,
      clampedShare: 0.01,
      durationMs: 12,
      artifact: null,
    };
  });
  return {
    jobId: 20 + runId,
    spec: {
      kind: 'attack',
      runId,
      side: 'test',
      attackId: 'fgsm',
      attackVersion: 1,
      params: { epsilon: 0.005, loss: 'mid' },
      run: { unit: 'crop', ssim: 'ssim-piq' },
      seed: 7,
      limit: null,
    },
    title: 'FGSM',
    label: 'FGSM, eps 0.005',
    access: 'white-box',
    complete: true,
    rows,
    traces: rows.slice(0, 3).flatMap(({ imageId, clean, attackedFloat, linfFloat, ssim }) => [
      { imageId, step: 0, score: clean, loss: 0, linf: 0, ssim: 1 },
      {
        imageId,
        step: 1,
        score: attackedFloat,
        loss: null,
        linf: linfFloat,
        ssim: ssim['ssim-piq'] ?? null,
      },
    ]),
    warnings: [],
  };
}

function buildNorms(regime: Regime, images: readonly StudyImage[], recipe: StudyRecipe): NormRow[] {
  const stream = random(recipe.seed, `test/norms/${regime}`);
  return images.map(({ id }) => {
    const exact = character[regime].norm * Math.exp(stream.normal(0, 0.28));
    const estimate = exact * (1 + stream.normal(-0.03, 0.04));
    const relativeError = Math.abs(estimate - exact) / exact;
    return { imageId: id, exact, estimate, relativeError, views: 4 };
  });
}

function buildSteps(regime: Regime, { seed, steps, epochs }: StudyRecipe): StepMetric[] {
  const stream = random(seed, `test/steps/${regime}`);
  return Array.from({ length: steps }, (_, i) => {
    const qualityLoss = (6 + 14 * Math.exp(-i / (0.25 * steps))) * Math.exp(stream.normal(0, 0.12));
    const normEstimate = regime === 'nt' ? 1900 + 3300 * Math.exp(-i / (0.2 * steps)) : null;
    const normTerm =
      normEstimate === null ? 0 : 1e-6 * normEstimate ** 2 * 0.35 * Math.exp(stream.normal(0, 0.2));
    return {
      step: i + 1,
      epoch: Math.floor((i * epochs) / steps) + 1,
      qualityLoss,
      normTerm,
      total: qualityLoss + normTerm,
      normEstimate,
      learningRate: 0.001,
    };
  });
}

function buildEpochs(regime: Regime, { seed, steps, epochs }: StudyRecipe): EpochMetric[] {
  const stream = random(seed, `test/epochs/${regime}`);
  const best = regime === 'nt' ? 0.81 : 0.85;
  return Array.from({ length: epochs }, (_, i) => ({
    epoch: i + 1,
    step: Math.round(((i + 1) * steps) / epochs),
    validationSrocc: best - 0.5 * Math.exp(-i / 4) + stream.normal(0, 0.012),
    validationRmse: (regime === 'nt' ? 11 : 10) + 14 * Math.exp(-i / 4) + stream.normal(0, 0.35),
    trainMs: 900,
    dataWaitShare: 0.01,
  }));
}

function clamp(score: number): number {
  return Math.min(100, Math.max(0, score));
}
