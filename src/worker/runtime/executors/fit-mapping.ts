import * as tf from '@tensorflow/tfjs-core';
import type { JobImage } from '@shared/worker-protocol';
import { evaluation } from '../../attacks/harness/model-scorer';
import { cutPieces } from '../../attacks/harness/pieces';
import { breathe } from '../../breathe';
import { ahead } from '../../data/ahead';
import type { Line, Model } from '../../models';
import { fitLine } from '../../training';
import type { Job } from '../job';
import { openSitter, type Sitter, type SitterSettings } from '../sitter';

/** Views given to a model at once. Training pictures are whole or few crops: a bound on memory, no setting of results. */
const rows = 8;

/**
 * Fits the line of every head to the training pictures, as they are scored, and gives it to the model.
 *
 * @throws LabError `cancelled` between pictures; the model then keeps the lines it had
 */
export async function fitMapping(
  model: Model,
  job: Job,
  sitting: SitterSettings,
  train: readonly JobImage[],
): Promise<void> {
  if (!model.mapping) return;
  const perPicture: Float64Array[] = [];
  for await (const sitter of ahead(train, 2, (image) => openSitter(sitting, image))) {
    await job.control.checkpoint();
    perPicture.push(await headsOf(model, sitter));
  }
  const ratings = Float64Array.from(train, (image) => image.mos);
  const heads = perPicture[0]?.length ?? 0;
  const lines = Array.from({ length: heads }, (_, head): Line => {
    return fitLine(
      Float64Array.from(perPicture, (own) => own[head] ?? Number.NaN),
      ratings,
    );
  });
  model.mapping.set(lines);
  const [first] = lines;
  if (first) warnOfFallingLine(first, job);
}

export function warnOfFallingLine({ scale }: Line, job: Job): void {
  if (scale > 0) return;
  job.warn({
    code: 'falling-line',
    message: `the line from output to rating falls (slope ${scale.toPrecision(3)}): the network has not learnt which pictures are better`,
  });
}

/** Mean over a picture's views of every native output. */
async function headsOf(model: Model, sitter: Sitter): Promise<Float64Array> {
  let sums: Float64Array | null = null;
  const cut = { unit: 'crop', keepImages: false, viewsAtOnce: rows } as const;
  for (const { count, height, width, data } of cutPieces(sitter, cut, 0)) {
    const [outputs, heads] = tf.tidy(() => {
      const x = tf.tensor4d(data, [count, height, width, 3]);
      const out = model.heads ? model.heads(x, evaluation) : model.forward(x, evaluation);
      return [out.dataSync<'float32'>(), out.shape[1] ?? 1];
    });
    const own: Float64Array = (sums ??= new Float64Array(heads));
    outputs.forEach((value, i) => (own[i % heads] = (own[i % heads] ?? 0) + value));
    await breathe();
  }
  return (sums ?? new Float64Array(0)).map((sum) => sum / sitter.views.length);
}
