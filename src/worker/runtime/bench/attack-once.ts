import * as tf from '@tensorflow/tfjs-core';
import { LabError, must } from '@shared/errors';
import { checkValues } from '@shared/params';
import type { BenchPayload, BenchReply } from '@shared/worker-protocol';
import type { PerceptualId } from '@shared/weights/measures';
import { attacks } from '../../attacks';
import type { AttackWeights } from '../../attacks/attack';
import { AttackBatch } from '../../attacks/harness/attack-batch';
import { attackPicture } from '../../attacks/harness/attack-picture';
import { attackRunParams, attackRunSettings } from '../../attacks/harness/settings';
import type { View } from '../../data/views';
import type { Comparison } from '../../fidelity/comparison';
import { perceptualComparison } from '../../fidelity/perceptual';
import { layBackFloat } from './lay-back';
import type { OpenedFiles } from './opened-files';
import type { OpenedRuns } from './opened-runs';
import type { BenchTicket } from './queue';
import { thinned, watched } from './watched';

/** Pixels of the views of a preview: a picture of 256 x 256. */
const previewPixels = 256 ** 2;
/** Pixels given to the model in one go: eight views of 224 x 224. A cancelled question waits for no more. */
const pixelsAtOnce = 8 * 224 ** 2;
/** Largest picture that is carried to the screen: twelve bytes a pixel and twin. */
const mostPixels = 16e6;

/**
 * Attacks one picture and measures it exactly as a batch does.
 * @throws LabError `unsupported` for a picture too large to show, `cancelled` where nobody waits
 */
export async function attackOnce(
  { runs, files }: { readonly runs: OpenedRuns; readonly files: OpenedFiles },
  payload: BenchPayload,
  ticket: BenchTicket,
): Promise<BenchReply> {
  const def = attacks.find(payload.attackId);
  const params = checkValues(def.title, def.params, payload.params);
  const settings = attackRunSettings(checkValues('attack', attackRunParams, payload.run));
  ticket.tell('opening', 0);
  const run = await runs.open(payload);
  const { measures } = payload;
  const needed = [...payload.files, ...measures.flatMap((measure) => measure.files)];
  const opened = await files.open(needed);
  const sitter = await run.sitter(payload.image);
  const { picture } = sitter;
  if (picture.width * picture.height > mostPixels) throw tooLarge(picture.width, picture.height);
  await ticket.checkpoint();

  const views = payload.scope === 'preview' ? firstOf(sitter.views) : sitter.views;
  const trace: number[] = [];
  const attack = watched(def, ticket.checkpoint, (score) => {
    trace.push(score);
    ticket.tell('attacking', trace.length);
  });
  const target = { ...sitter, views };
  const startedAt = performance.now();
  const attacked = await withoutLeaks(() => {
    const distances = measures.map(({ id }) => openMeasure(id, opened));
    const batch = new AttackBatch(opened, run.def.labScale, distances);
    return attackPicture(
      attack,
      params,
      { ...settings, viewsAtOnce: views.length },
      run.scorer(rowsOf(views)),
      target,
      payload.attackSeed,
      ticket.checkpoint,
      batch,
    ).finally(() => batch.dispose());
  });
  return {
    result: {
      row: { ...attacked.row, artifact: null },
      scope: payload.scope,
      views: views.length,
      viewsInAll: sitter.views.length,
      trace: thinned(trace),
      width: picture.width,
      height: picture.height,
      computeMs: performance.now() - startedAt,
    },
    clean: picture.data,
    attacked: layBackFloat(target, settings.unit, attacked.pieces),
  };
}

function openMeasure(id: PerceptualId, files: ReadonlyMap<string, AttackWeights>): Comparison {
  return perceptualComparison(id, (entry) => must(files.get(entry), `a file of ${id}`).tensors);
}

/** The first views that together show no more than a preview's pixels; one at least. */
function firstOf(views: readonly View[]): readonly View[] {
  return views.slice(0, Math.max(1, Math.floor(previewPixels / areaOf(views))));
}

function rowsOf(views: readonly View[]): number {
  return Math.max(1, Math.floor(pixelsAtOnce / areaOf(views)));
}

function areaOf([view]: readonly View[]): number {
  return view ? view.height * view.width : previewPixels;
}

/**
 * Runs the attack and disposes every tensor it left behind: one that is cancelled ends where it
 * stands. Nothing else computes in this process meanwhile, so all of them are its own.
 */
async function withoutLeaks<T>(work: () => Promise<T>): Promise<T> {
  tf.engine().startScope('bench');
  try {
    return await work();
  } finally {
    tf.engine().endScope();
  }
}

function tooLarge(width: number, height: number): LabError {
  return new LabError({
    kind: 'unsupported',
    message: `a picture of ${width} x ${height} pixels is too large to be shown on the bench, which takes up to 16 million`,
    safe: 'Nothing was changed.',
    next: 'Attack it in a batch on the Attack page.',
  });
}
