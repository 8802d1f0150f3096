import * as v from 'valibot';
import { ParamValues } from '../params';
import { EngineName } from './catalogue';
import { AttackRow } from './results';

/**
 * `preview` attacks only as many views of a picture as make up a 256 x 256 one, so that it answers
 * at once; `full` attacks all of them and gives the numbers a batch would store.
 */
export const BenchScope = v.picklist(['preview', 'full']);
export type BenchScope = v.InferOutput<typeof BenchScope>;

/** One attack on one picture by one run, to be looked at and not stored. */
export const BenchAsk = v.object({
  /** Names the window that asks: a newer question of one window cancels its older one. */
  window: v.pipe(v.string(), v.minLength(1), v.maxLength(64)),
  runId: v.number(),
  imageId: v.number(),
  attackId: v.string(),
  params: ParamValues,
  /** The catalogue's `attackRun` settings; pictures are never kept. */
  run: ParamValues,
  seed: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  scope: BenchScope,
});
export type BenchAsk = v.InferOutput<typeof BenchAsk>;

/** What the bench is doing for a window that waits. */
export const BenchPhase = v.picklist(['starting', 'opening', 'attacking']);
export type BenchPhase = v.InferOutput<typeof BenchPhase>;

/** What became of the picture. Scores are lab scale. */
export const BenchResult = v.object({
  row: AttackRow,
  scope: BenchScope,
  /** Views that were attacked, and those a batch attacks. */
  views: v.number(),
  viewsInAll: v.number(),
  /**
   * Mean score at every look the attack took at the model, oldest first: for a gradient attack the
   * score before each step. The score it ended with is the row's.
   */
  trace: v.array(v.number()),
  /** Size of the picture as the model meets it. */
  width: v.number(),
  height: v.number(),
  /** Time the attack and its measurement took, opening left out. */
  computeMs: v.number(),
});
export type BenchResult = v.InferOutput<typeof BenchResult>;

/** The result with the addresses of its pixels: media of kind `bench`, little-endian, row by row. */
export const BenchAnswer = v.object({
  ...BenchResult.entries,
  /** `[height, width, 3]` uint8: the original as the model meets it. */
  cleanId: v.string(),
  /** `[height, width, 3]` float32 in [0, 1]: the attacked picture before rounding. */
  attackedId: v.string(),
  engine: EngineName,
});
export type BenchAnswer = v.InferOutput<typeof BenchAnswer>;
