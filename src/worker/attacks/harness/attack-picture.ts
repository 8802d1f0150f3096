import type { AttackRow, TraceRow } from '@shared/domain/results';
import type { ParamValues } from '@shared/params';
import type { RgbImage } from '@imaging/image';
import type { View } from '../../data/views';
import type { AttackDef, Scorer } from '../attack';
import { AttackBatch } from './attack-batch';
import { attackPieces, type AttackedPieces } from './attack-pieces';
import { measure } from './measure';
import { perceptualDistances } from './perceptual-distances';
import { bareScorer, cutPieces, pieceScorer, type Target } from './pieces';
import type { AttackRunSettings } from './settings';
import { joinTraces } from './tracer';

export interface AttackedPicture {
  /** All of the row but its artifact, which the caller saves. */
  readonly row: Omit<AttackRow, 'artifact'>;
  /** The attacked picture as saved in 8 bit; for unit `crop` with its views laid back in place. */
  readonly saved: RgbImage;
  readonly excess: number;
  /** What was attacked, group by group, before rounding. */
  readonly pieces: readonly AttackedPieces[];
  /** Its steps; empty where they were not asked for. */
  readonly trace: readonly TraceRow[];
}

/**
 * Attacks one picture and measures what became of it. Its numbers depend on the picture, its views,
 * the settings and the seed, never on other pictures.
 *
 * @param scorer scores views, lab scale
 * @param batch what the pictures of a batch share; the caller disposes it
 * @param traced whether the attack's steps are recorded
 */
export async function attackPicture(
  attack: AttackDef,
  params: Readonly<ParamValues>,
  run: AttackRunSettings,
  scorer: Scorer,
  target: Target,
  seed: number,
  checkpoint: () => Promise<void>,
  batch: AttackBatch = new AttackBatch(),
  traced = false,
): Promise<AttackedPicture> {
  const startedAt = performance.now();
  const groups = cutPieces(target, run, seed);
  const judge = pieceScorer(scorer, target, run);
  const seen = run.defence?.adaptive === false ? bareScorer(scorer, target, run) : judge;
  const attacked: AttackedPieces[] = [];
  for (const pieces of groups) {
    await checkpoint();
    attacked.push(
      await attackPieces(attack, params, seen, pieces, checkpoint, batch, { traced, judge }),
    );
  }
  const measured = measure(groups, attacked);
  const distances = await perceptualDistances(batch.measures, groups, attacked, checkpoint);
  const zeroGradientShare =
    run.unit === 'image'
      ? amongSeen(measured.zeroGradientShare, seenShare(target))
      : measured.zeroGradientShare;
  return {
    row: {
      imageId: target.imageId,
      ...measured,
      perceptual: distances.float,
      saved: { ...measured.saved, perceptual: distances.saved },
      zeroGradientShare,
      durationMs: performance.now() - startedAt,
    },
    saved: layBack(target, run.unit, attacked),
    excess: Math.max(...attacked.map((part) => part.excess)),
    pieces: attacked,
    trace: joinTraces(attacked.map((part) => part.trace ?? [])).map((step) => ({
      imageId: target.imageId,
      ...step,
    })),
  };
}

/** Share of the picture's pixels that lie in some view. */
function seenShare({ picture, views }: Target): number {
  const seen = new Uint8Array(picture.height * picture.width);
  for (const view of views) {
    for (let y = view.top; y < view.top + view.height; y++) {
      seen.fill(1, y * picture.width + view.left, y * picture.width + view.left + view.width);
    }
  }
  return seen.reduce((sum, flag) => sum + flag, 0) / seen.length;
}

/** Pixels no view shows have no gradient by construction: they say nothing about the model. */
function amongSeen(zeroShare: number, seen: number): number {
  return Math.min(1, Math.max(0, (zeroShare - (1 - seen)) / seen));
}

function layBack(
  { picture, views }: Target,
  unit: AttackRunSettings['unit'],
  attacked: readonly AttackedPieces[],
): RgbImage {
  const [only] = attacked;
  if (unit === 'image' && only) return { ...picture, data: only.eightBit };
  const data = Uint8Array.from(picture.data);
  let next = 0;
  for (const part of attacked) {
    for (let from = 0; from < part.eightBit.length; next++) {
      const view = views[next] as View;
      for (let y = 0; y < view.height; y++, from += view.width * 3) {
        const to = ((view.top + y) * picture.width + view.left) * 3;
        data.set(part.eightBit.subarray(from, from + view.width * 3), to);
      }
    }
  }
  return { width: picture.width, height: picture.height, data };
}
