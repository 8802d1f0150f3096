import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { encodePng } from '@imaging/encode';
import type { RgbImage } from '@imaging/image';
import type { AttackRow, TraceRow } from '@shared/domain/results';
import { checkValues } from '@shared/params';
import { listed } from '@shared/study/format';
import type { AttackPayload, MeasurePayload } from '@shared/worker-protocol';
import { sanityFlags, type Judged } from '../../analysis/sanity-flags';
import { attacks } from '../../attacks';
import type { AttackWeights } from '../../attacks/attack';
import { attackPicture } from '../../attacks/harness/attack-picture';
import { AttackBatch } from '../../attacks/harness/attack-batch';
import { noiseControl, zeroBudgetControl } from '../../attacks/harness/controls';
import { attackRunParams, attackRunSettings } from '../../attacks/harness/settings';
import type { Comparison } from '../../fidelity/comparison';
import { perceptualComparison } from '../../fidelity/perceptual';
import { openDefence } from '../../defences';
import type { Job } from '../job';
import { openNeeded } from '../open-weights';
import { runBatch } from './batch';

interface TracedRow {
  readonly row: AttackRow;
  readonly trace: readonly TraceRow[];
}

/** Pictures on which the attack is compared with noise: enough to tell, too few to cost. */
const controlled = 8;

/**
 * Attacks every picture of a batch. Doubts about the batch as a whole are raised at its end, or
 * where it is stopped, over the pictures of this sitting.
 */
export async function attack(payload: AttackPayload, job: Job): Promise<null> {
  const def = attacks.find(payload.attackId);
  const params = checkValues(def.title, def.params, payload.params);
  const { defence } = payload;
  const run = {
    ...attackRunSettings(checkValues('attack run', attackRunParams, payload.run)),
    ...(defence && {
      defence: { ...openDefence(defence, payload.seed), adaptive: defence.adaptive },
    }),
  };
  const seed = payload.attackSeed;
  const judged: Judged[] = [];
  const byAttack: number[] = [];
  const byNoise: number[] = [];
  const ball = def.budget(params);
  const files = await openNeeded(payload.files);
  const measureFiles = await openNeeded(payload.measures.flatMap((measure) => measure.files));
  let batch = new AttackBatch(files);
  try {
    await runBatch<TracedRow>(payload, job, (trained) => {
      const scorer = trained.scorer(run.viewsAtOnce);
      const measures = payload.measures.map((measure) => openMeasure(measure, measureFiles));
      warnOfUnpublished(payload.measures, job);
      batch = new AttackBatch(files, trained.labScale, measures);
      return {
        phase: `attacking with ${def.title}`,
        // A row and its steps travel together: a picture is stored whole or not at all.
        post: (traced) =>
          job.post({
            type: 'attacks',
            rows: traced.map(({ row }) => row),
            traces: traced.flatMap(({ trace }) => trace),
          }),
        each: async (sitter) => {
          if (judged.length === 0) {
            const doubt = await zeroBudgetControl(scorer, sitter, run);
            if (doubt) job.warn(doubt);
          }
          const { checkpoint } = job.control;
          const traced = payload.traceIds.includes(sitter.imageId);
          const attacked = await attackPicture(
            def,
            params,
            run,
            scorer,
            sitter,
            seed,
            checkpoint,
            batch,
            traced,
          );
          if (ball && !def.control && byNoise.length < controlled) {
            byNoise.push(await noiseControl(scorer, sitter, run, ball.epsilon, seed));
            byAttack.push(attacked.row.attackedFloat - attacked.row.clean);
          }
          judged.push({ row: attacked.row, excess: attacked.excess });
          const { row, saved, trace } = attacked;
          if (!run.keepImages) return { row: { row: { ...row, artifact: null }, trace } };
          const file = keep(saved, payload.imageDir, row.imageId);
          return { row: file.then((artifact) => ({ row: { ...row, artifact }, trace })) };
        },
      };
    });
  } finally {
    batch.dispose();
    const control = byNoise.length > 0 ? { attack: byAttack, noise: byNoise } : null;
    for (const warning of sanityFlags(judged, control)) job.warn(warning);
  }
  return null;
}

/** Says which distances are measured with weights that are not the published ones. */
function warnOfUnpublished(measures: readonly MeasurePayload[], job: Job): void {
  const odd = measures.filter(({ unpublished }) => unpublished.length > 0);
  if (odd.length === 0) return;
  const titles = listed(odd.map(({ title }) => title));
  const files = [...new Set(odd.flatMap(({ unpublished }) => unpublished))];
  job.warn({
    code: 'unpublished-measure',
    message: `Measured with files that are not the published ones (${files.join(', ')}): ${titles}.`,
  });
}

/** Builds a distance to be recorded. */
function openMeasure(
  { id }: MeasurePayload,
  files: ReadonlyMap<string, AttackWeights>,
): Comparison {
  return perceptualComparison(id, (entry) => {
    const file = files.get(entry);
    if (!file) throw new Error(`openMeasure: the payload of ${id} has no file "${entry}"`);
    return file.tensors;
  });
}

/** @returns the file's name within `folder`; it exists whole before its row is posted */
async function keep(picture: RgbImage, folder: string, imageId: number): Promise<string> {
  const name = `${imageId}.png`;
  const temporary = join(folder, `${name}.tmp`);
  await writeFile(temporary, await encodePng(picture));
  await rename(temporary, join(folder, name));
  return name;
}
