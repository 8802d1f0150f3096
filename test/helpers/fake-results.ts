import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AttackRow } from '../../src/shared/domain/results';
import type { FitPayload, FitSummary, JobImage } from '../../src/shared/worker-protocol';

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
