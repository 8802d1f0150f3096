import type { RgbImage } from '@imaging/image';
import type { Catalogue } from '@shared/domain/catalogue';
import { must } from '@shared/errors';
import { toLab } from '@shared/lab-scale';
import { findImage, getDataset } from '../db/datasets';
import type { ReadableDb } from '../db/handle';
import { getRun } from '../db/runs';
import { getSplit } from '../db/splits';
import { listWeights } from '../db/weights';
import { attackJobs } from '../jobs/attack-jobs';
import type { Plate } from '../export/plate';
import type { Kept } from './desk';

/**
 * The plate of what the bench shows: the original with its rating, then each attacked picture as
 * saved with its scores, as the float picture was scored.
 */
export function plateOf(catalogue: Catalogue, db: ReadableDb, kept: readonly Kept[]): Plate {
  const [first] = kept;
  const { ask } = must(first, 'a plate has an attacked picture');
  const found = must(findImage(db, ask.imageId), 'a picture that was attacked');
  const { spec } = getRun(db, ask.runId);
  const split = getSplit(db, spec.splitId);
  const { scoreKind } = getDataset(db, spec.datasetId);
  const mos = toLab(found.score, scoreKind, split.scoreMin, split.scoreMax);
  const scope = { side: 'test' as const, limit: null };
  const { label } = attackJobs(catalogue, scope, ask, listWeights(db))(ask.runId);
  const { width, height } = must(first, 'as above').result;
  const original: RgbImage = { width, height, data: must(first, 'as above').clean };
  return {
    heading: label ?? ask.attackId,
    pictures: [
      { image: original, under: ['Original', `MOS ${mos.toFixed(1)}`], corner: null },
      ...kept.map(({ ask: { runId }, result: { row }, saved }) => ({
        image: { width, height, data: saved },
        under: [
          getRun(db, runId).name,
          `${row.clean.toFixed(1)} → ${row.attackedFloat.toFixed(1)}`,
        ],
        corner: `SSIM ${(row.ssim['ssim-piq'] ?? row.ssim['ssim-full'] ?? NaN).toFixed(3)}`,
      })),
    ],
  };
}
