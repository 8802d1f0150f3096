import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AttackRow } from '../../src/shared/domain/results';
import type { StepMetric } from '../../src/shared/domain/run';
import type { TrialResult } from '../../src/shared/domain/preflight';
import type {
  FitPayload,
  FitSummary,
  JobImage,
  TrainPayload,
  TrialPayload,
  WriteWeights,
  WrittenWeights,
} from '../../src/shared/worker-protocol';

/** What the fake worker says of images and fits: simple functions of what it was given. */

/** Score of an image. */
export const fakeScore = (image: JobImage): number => image.mos + 0.5;

/** Writes what a fit was told of its origin as its file. */
export function writeFakeFit({ fitId, params, provenance, resultDir }: FitPayload): FitSummary {
  const text = JSON.stringify({ provenance, params });
  const sha256 = createHash('sha256').update(text).digest('hex');
  const path = join(resultDir, sha256);
  writeFileSync(path, text);
  const facts = {
    format: 'text',
    kind: 'pattern',
    id: fitId,
    variant: '',
    title: 'Stripes, fitted',
    tensors: 1,
    values: 3,
    notes: [`Fitted on ${provenance['dataset'] ?? ''}.`],
  };
  const fileName = `${fitId}-${sha256.slice(0, 8)}.safetensors`;
  return { path, fileName, sha256, sizeBytes: text.length, facts };
}

export function attackRow(image: JobImage): AttackRow {
  const clean = fakeScore(image);
  return {
    imageId: image.id,
    clean,
    attackedFloat: clean + 1,
    attackedEightBit: clean + 0.75,
    linfFloat: 0.005,
    linfEightBit: 0.00390625,
    l2: 1,
    ssim: { 'ssim-piq': 0.99 },
    psnr: 46,
    direction: 'up',
    steps: 1,
    zeroGradientShare: 0,
    clampedShare: 0,
    durationMs: 1,
    artifact: null,
  };
}

/** A step takes 10 ms and 1 GB per view of the batch, a quarter of it with recomputation; NT doubles both. */
export function fakeTrial({ trainer, twins }: TrialPayload): TrialResult {
  const batch = Number(trainer['batchSize'] ?? 4);
  const share = trainer['recompute'] === true ? 0.25 : 1;
  const measured = twins.map((nt) => ({
    regime: nt ? ('nt' as const) : ('baseline' as const),
    stages: [{ title: 'all weights', epochs: 2, stepMs: (nt ? 20 : 10) / share }],
    peakBytes: batch * share * (nt ? 2e9 : 1e9),
    checkpointBytes: 1e6,
  }));
  return { twins: measured, stepsPerEpoch: 5, scoreMs: 1, openMs: 2 };
}

/** The format, and the text that stands for the checkpoint. */
export function writeFakeWeights({ path, checkpoint, format }: WriteWeights): WrittenWeights {
  const text = `${format} of ${readFileSync(checkpoint, 'utf8')}`;
  writeFileSync(path, text, { flag: 'wx' });
  return { sizeBytes: text.length, sha256: createHash('sha256').update(text).digest('hex') };
}

/** Stands for the weights: a function of the payload's settings and the epoch only. */
export function weightsHash(payload: TrainPayload, epoch: number): string {
  const { modelId, modelParams, trainer, nt, seed } = payload;
  const files = payload.imported && payload.initial.map(({ sha256 }) => sha256);
  const text = JSON.stringify({ modelId, modelParams, trainer, nt, seed, epoch, files });
  return createHash('sha256').update(text).digest('hex');
}

/** Quality loss of step n, exactly representable so that stored values compare exactly. */
export const fakeLoss = (step: number): number => 1 / 2 ** (step % 20);

export function stepMetric(step: number, epoch: number, payload: TrainPayload): StepMetric {
  const normTerm = payload.nt ? fakeLoss(step) / 8 : 0;
  return {
    step,
    epoch,
    qualityLoss: fakeLoss(step),
    normTerm,
    total: fakeLoss(step) + normTerm,
    normEstimate: payload.nt ? 3 : null,
    learningRate: 0.5,
  };
}
