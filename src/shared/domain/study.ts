import * as v from 'valibot';
import { Dataset, Split } from './dataset';
import { AttackSpec, EvaluateSpec, NormsSpec, Pair, Run, Warning } from './run';
import { AttackRow, NormRow, ScoreRow, TraceRow } from './results';
import { EpochMetric, StepMetric } from './run';

/**
 * Everything stored about a selection of runs: the one input of every figure and table, on screen,
 * in a file and on the command line.
 */
export const StudyImage = v.object({
  id: v.number(),
  name: v.string(),
  /** Lab scale: 0 to 100, higher better, Eq. S17 with the split's constants. */
  mos: v.number(),
  /** As published. */
  rawScore: v.number(),
  /** Pixels, where known: the proportions of a picture on a plate. */
  width: v.optional(v.number()),
  height: v.optional(v.number()),
});
export type StudyImage = v.InferOutput<typeof StudyImage>;

/** One attack batch of one run. */
export const StudyAttack = v.object({
  jobId: v.number(),
  spec: AttackSpec,
  title: v.string(),
  /** "FGSM, eps 0.005" */
  label: v.string(),
  access: v.picklist(['white-box', 'black-box']),
  complete: v.boolean(),
  rows: v.array(AttackRow),
  /** Steps of the images that were traced, in order of image and step; absent where none was. */
  traces: v.optional(v.array(TraceRow)),
  warnings: v.array(Warning),
});
export type StudyAttack = v.InferOutput<typeof StudyAttack>;

/** Scores of one run behind a defence. */
export const StudyDefended = v.object({
  jobId: v.number(),
  spec: EvaluateSpec,
  /** "JPEG, quality 50" */
  label: v.string(),
  complete: v.boolean(),
  rows: v.array(ScoreRow),
});
export type StudyDefended = v.InferOutput<typeof StudyDefended>;

export const StudyNorms = v.object({
  jobId: v.number(),
  spec: NormsSpec,
  complete: v.boolean(),
  rows: v.array(NormRow),
});
export type StudyNorms = v.InferOutput<typeof StudyNorms>;

export const StudyRun = v.object({
  run: Run,
  dataset: Dataset,
  split: Split,
  modelTitle: v.string(),
  /** Fixed marker and colour slot of the model, the same everywhere. */
  slot: v.number(),
  /** Images of the study's side, in position order. */
  images: v.array(StudyImage),
  scores: v.nullable(
    v.object({ jobId: v.number(), complete: v.boolean(), rows: v.array(ScoreRow) }),
  ),
  /** Scores with a defence before the model: never mixed with `scores`. */
  defended: v.optional(v.array(StudyDefended)),
  attacks: v.array(StudyAttack),
  norms: v.nullable(StudyNorms),
  epochs: v.array(EpochMetric),
  /** At most `maxSteps` points, thinned evenly; the full record stays in the database. */
  steps: v.array(StepMetric),
  warnings: v.array(Warning),
});
export type StudyRun = v.InferOutput<typeof StudyRun>;

export const StudySelection = v.object({
  runIds: v.array(v.number()),
  side: v.picklist(['train', 'validation', 'test']),
});
export type StudySelection = v.InferOutput<typeof StudySelection>;

export const Study = v.object({
  selection: StudySelection,
  pairs: v.array(Pair),
  runs: v.array(StudyRun),
});
export type Study = v.InferOutput<typeof Study>;

/** Choices a figure or table takes beside the study. */
export const FigureOptions = v.object({
  /** Which attack batch to draw, by attack label; the first stored one when absent. */
  attack: v.optional(v.string()),
  /** Score the float image or the image as saved in 8 bit; every caption says which. */
  scored: v.picklist(['float', 'eight-bit']),
  /** Pair to draw where a figure shows one pair. */
  pairId: v.optional(v.number()),
  /** Logarithmic value axis, where the figure has one that can be. */
  logY: v.optional(v.boolean()),
  /** The paper's printed values beside ours, where a table has them. */
  paper: v.optional(v.boolean()),
  /** Tables: "base / +NT" in one cell, as the paper sets them, instead of columns of their own. */
  joined: v.optional(v.boolean()),
  /** Pictures of an image plate, by id; those it finds telling when absent or empty. */
  imageIds: v.optional(v.array(v.number())),
});
export type FigureOptions = v.InferOutput<typeof FigureOptions>;
