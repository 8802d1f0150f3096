import * as tf from '@tensorflow/tfjs-core';
import { LabError } from '@shared/errors';
import type { ParamValues } from '@shared/params';
import { fromBytes, toBytes } from '../../data/pixels';
import type { AttackDef, Scorer } from '../attack';
import type { AttackBatch } from './attack-batch';
import { FirstGradient } from './first-gradient';
import { CountingScorer, type Asked } from './counting-scorer';
import type { Pieces } from './pieces';
import { project } from './project';
import { Tracer, type TracePoint } from './tracer';

/** What became of the pieces: everything but the attack's word is the harness's own measurement. */
export interface AttackedPieces {
  /** What the attack asked of the model for all pieces together; the clean scores it was given not counted. */
  readonly asked: Asked;
  readonly adversarial: Float32Array;
  readonly eightBit: Uint8Array;
  /** Lab-scale scores, one per piece. */
  readonly clean: Float32Array;
  readonly scoreFloat: Float32Array;
  readonly scoreEightBit: Float32Array;
  readonly direction: Int8Array;
  readonly steps: number;
  readonly zeroGradientShare: Float32Array;
  /** How far outside the ball or [0, 1] the attack's own result lay, [0, 1] pixel units. */
  readonly excess: number;
  /** Its steps, where they were asked for. */
  readonly trace: readonly TracePoint[] | null;
}

/**
 * Lets an attack loose on some pieces, brings its result back into the ball and into [0, 1], and
 * scores that, as float and as it would be saved in 8 bit.
 *
 * @param scorer what the attack sees
 * @param options.traced whether the attack's steps are recorded
 * @param options.judge what its result is judged by, where that is not the same: a defence the attack does not adapt to
 * @throws LabError `non-finite` where the attack returned a pixel that is no number
 */
export async function attackPieces(
  attack: AttackDef,
  params: Readonly<ParamValues>,
  scorer: Scorer,
  pieces: Pieces,
  checkpoint: () => Promise<void>,
  batch: AttackBatch,
  { traced = false, judge = scorer }: { traced?: boolean; judge?: Scorer } = {},
): Promise<AttackedPieces> {
  const shape: [number, number, number, number] = [pieces.count, pieces.height, pieces.width, 3];
  const x = tf.tensor4d(pieces.data, shape);
  const first = attack.startsAtPicture?.(params) ? await FirstGradient.at(scorer, x) : null;
  const clean = first?.clean ?? (await scorer.score(x));
  const tracer = traced ? new Tracer(pieces) : null;
  const counting = new CountingScorer(first ?? scorer);
  const context = batch.context({
    scorer: tracer?.watch(counting) ?? counting,
    clean,
    seeds: pieces.seeds,
    places: pieces.places,
    checkpoint,
    ...(tracer && { tellLoss: tracer.tellLoss }),
  });
  const outcome = await attack.run(x, params, context).finally(() => first?.dispose());
  if (!tf.util.arraysEqual(outcome.adversarial.shape, shape)) {
    throw new Error(
      `${attack.id}: expected pictures of shape [${shape.join(', ')}], ` +
        `got [${outcome.adversarial.shape.join(', ')}]`,
    );
  }
  const ball = attack.budget(params);
  const projected = project(outcome.adversarial, x, ball ? ball.epsilon : null);
  const raw = (await outcome.adversarial.data()) as Float32Array;
  const adversarial = (await projected.data()) as Float32Array;
  const excess = largestDifference(raw, adversarial);
  if (!Number.isFinite(excess)) throw notANumber(attack);
  const eightBit = toBytes(adversarial);
  const saved = tf.tensor4d(fromBytes(eightBit), shape);
  const before = judge === scorer ? clean.clone() : await judge.score(x);
  const floatScores = await judge.score(projected);
  const savedScores = await judge.score(saved);
  const scoreFloat = (await floatScores.data()) as Float32Array;
  const result: AttackedPieces = {
    asked: counting.asked,
    adversarial,
    eightBit,
    clean: (await before.data()) as Float32Array,
    scoreFloat,
    scoreEightBit: (await savedScores.data()) as Float32Array,
    direction: outcome.direction,
    steps: outcome.steps,
    zeroGradientShare: outcome.zeroGradientShare,
    excess,
    trace: tracer?.finished(adversarial, scoreFloat, outcome.steps) ?? null,
  };
  tf.dispose([x, clean, before, outcome.adversarial, projected, saved, floatScores, savedScores]);
  return result;
}

/** NaN where a value is no finite number: the comparison below would skip it. */
function largestDifference(a: Float32Array, b: Float32Array): number {
  let largest = 0;
  for (let i = 0; i < a.length; i++) {
    const value = a[i] as number;
    if (!Number.isFinite(value)) return NaN;
    largest = Math.max(largest, Math.abs(value - (b[i] as number)));
  }
  return largest;
}

function notANumber(attack: AttackDef): LabError {
  return new LabError({
    kind: 'non-finite',
    message: `${attack.title} produced a pixel that is not a number`,
    safe: 'Results of earlier pictures are kept.',
    next: 'Check the model: a score or gradient that is not finite usually means a training run that diverged.',
  });
}
