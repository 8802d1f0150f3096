import * as v from 'valibot';
import type { LabErrorData as LabErrorDataType } from '../errors';
import { labErrorKinds } from '../errors';
import { ParamValues } from '../params';
import { EngineName } from './catalogue';
import { InitialWeights, NeededFile } from './weights';

export type LabErrorData = LabErrorDataType;
export const ErrorData = v.object({
  kind: v.picklist(labErrorKinds),
  message: v.string(),
  safe: v.optional(v.string()),
  next: v.optional(v.string()),
  details: v.optional(v.record(v.string(), v.unknown())),
});

/**
 * Which half of a pair a run is. Every twin is stored as `nt`, the only kind there once was; what its training really
 * adds to the baseline's stands in its spec, and `twinName` (shared/twin.ts) says it.
 */
export const Regime = v.picklist(['baseline', 'nt']);
export type Regime = v.InferOutput<typeof Regime>;

/** Which stored epoch a run is judged by. `test` is what the released code does; it is always named. */
export const Selection = v.picklist(['validation', 'last', 'test']);
export type Selection = v.InferOutput<typeof Selection>;

/** Where the line from an imported model's output to the lab scale comes from. */
export const ImportedScale = v.picklist(['own', 'fitted']);
export type ImportedScale = v.InferOutput<typeof ImportedScale>;

/** Immutable description of one training. A baseline and its twin differ in `nt` only. */
export const TrainSpec = v.object({
  datasetId: v.number(),
  splitId: v.number(),
  modelId: v.string(),
  modelVersion: v.number(),
  modelParams: ParamValues,
  trainer: ParamValues,
  /** Null for the baseline, and for a twin with adversarial training alone. */
  nt: v.nullable(ParamValues),
  /** Adversarial training; absent where there is none. */
  at: v.optional(ParamValues),
  seed: v.number(),
  /** Absent in runs of versions that knew scratch only. */
  initial: v.optional(InitialWeights),
  /**
   * Set where the run is the whole model of `initial` as it came, without a step of training. How it
   * was trained is not known then: `nt` is null for a twin too, and trainer settings only say how
   * pictures are viewed.
   */
  imported: v.optional(v.object({ scale: ImportedScale })),
});
export type TrainSpec = v.InferOutput<typeof TrainSpec>;

export const jobStates = [
  'queued',
  'running',
  'paused',
  'done',
  'failed',
  'cancelled',
  'interrupted',
] as const;
export const JobState = v.picklist(jobStates);
export type JobState = v.InferOutput<typeof JobState>;

export const JobKind = v.picklist(['train', 'evaluate', 'attack', 'norms', 'fit']);
export type JobKind = v.InferOutput<typeof JobKind>;

/** A defence before the model, with everything that tells it from others. */
const defence = {
  id: v.string(),
  version: v.number(),
  /** As it was called when the job was made. */
  title: v.string(),
  params: ParamValues,
};
export const ScoreDefence = v.object({
  ...defence,
  /** What it is given: the whole picture before views are cut, or every view. */
  on: v.picklist(['picture', 'views']),
});
export type ScoreDefence = v.InferOutput<typeof ScoreDefence>;
/** It is given what is attacked: the picture, or every view. */
export const AttackDefence = v.object({
  ...defence,
  /** Whether the attack was made against model and defence together, or against the bare model. */
  adaptive: v.boolean(),
});
export type AttackDefence = v.InferOutput<typeof AttackDefence>;

/** Settings of a batch over one run's images. */
export const EvaluateSpec = v.object({
  kind: v.literal('evaluate'),
  runId: v.number(),
  side: v.picklist(['train', 'validation', 'test']),
  /** Absent: the model alone. */
  defence: v.optional(ScoreDefence),
  /** Only the first n images, where a defence makes scoring slow; all when absent. */
  limit: v.optional(v.nullable(v.number())),
});
export const AttackSpec = v.object({
  kind: v.literal('attack'),
  runId: v.number(),
  side: v.picklist(['train', 'validation', 'test']),
  attackId: v.string(),
  attackVersion: v.number(),
  params: ParamValues,
  /** The catalogue's `attackRun` settings. */
  run: ParamValues,
  seed: v.number(),
  /** Attack only the first n images of the side; null for all. */
  limit: v.nullable(v.number()),
  /** Images whose every step is recorded, spread evenly over the ratings; none when absent. */
  traces: v.optional(v.number()),
  /** The weight files the attack reads at these settings; absent where it reads none. */
  files: v.optional(v.array(NeededFile)),
  /** Absent: the model alone. */
  defence: v.optional(AttackDefence),
  /** What attacks are compared with: noise. */
  control: v.optional(v.boolean()),
});
export const NormsSpec = v.object({
  kind: v.literal('norms'),
  runId: v.number(),
  side: v.picklist(['train', 'validation', 'test']),
  params: ParamValues,
  limit: v.nullable(v.number()),
});
/** Something is optimised on one side of a run's data set; its file goes into the inventory of weights. */
export const FitSpec = v.object({
  kind: v.literal('fit'),
  runId: v.number(),
  side: v.picklist(['train', 'validation', 'test']),
  fitId: v.string(),
  fitVersion: v.number(),
  /** Whether it needs the run's trained model, or only its pictures and ratings. */
  on: v.picklist(['model', 'data']),
  params: ParamValues,
  seed: v.number(),
  /** Only the first n images of the side; null for all. */
  limit: v.nullable(v.number()),
  /** The weight files it starts from; absent where it starts from none. */
  files: v.optional(v.array(NeededFile)),
});
export const JobSpec = v.variant('kind', [
  v.object({ kind: v.literal('train'), runId: v.number() }),
  EvaluateSpec,
  AttackSpec,
  NormsSpec,
  FitSpec,
]);
export type JobSpec = v.InferOutput<typeof JobSpec>;
export type EvaluateSpec = v.InferOutput<typeof EvaluateSpec>;
export type AttackSpec = v.InferOutput<typeof AttackSpec>;
export type NormsSpec = v.InferOutput<typeof NormsSpec>;
export type FitSpec = v.InferOutput<typeof FitSpec>;

export const JobProgress = v.object({
  done: v.number(),
  total: v.number(),
  /** What is counted: `steps`, `images`. */
  unit: v.string(),
  /** What it is doing now, in plain words: "training, epoch 3 of 20". */
  phase: v.string(),
  /** Estimated time left; null while unknown. */
  leftMs: v.nullable(v.number()),
});
export type JobProgress = v.InferOutput<typeof JobProgress>;

export const Job = v.object({
  id: v.number(),
  kind: JobKind,
  spec: JobSpec,
  runId: v.number(),
  /** "CNNIQA +NT on LIVEC" or "FGSM on CNNIQA +NT". */
  title: v.string(),
  state: JobState,
  /** Why it waits, paused, stopped or failed, in one sentence; null when there is nothing to say. */
  note: v.nullable(v.string()),
  progress: v.nullable(JobProgress),
  error: v.nullable(ErrorData),
  engine: v.nullable(EngineName),
  createdAtMs: v.number(),
  startedAtMs: v.nullable(v.number()),
  endedAtMs: v.nullable(v.number()),
});
export type Job = v.InferOutput<typeof Job>;

export const Run = v.object({
  id: v.number(),
  name: v.string(),
  regime: Regime,
  /** Pairs it is part of: a baseline can stand beside several twins. */
  pairIds: v.array(v.number()),
  spec: TrainSpec,
  /** State of its training job. */
  state: JobState,
  trainJobId: v.number(),
  epochsDone: v.number(),
  epochsTotal: v.number(),
  /** Epoch (1-based) the run is judged by, once there is one. */
  selectedEpoch: v.nullable(v.number()),
  selection: Selection,
  weightsSha256: v.nullable(v.string()),
  parameterCount: v.nullable(v.number()),
  engine: v.nullable(EngineName),
  /** Lab score = scale * native + offset. */
  labScale: v.nullable(v.object({ scale: v.number(), offset: v.number() })),
  /** Fixed marker and colour slot of its model, as `StudyRun.slot`; absent where none is stored. */
  slot: v.optional(v.number()),
  createdAtMs: v.number(),
  deletedAtMs: v.nullable(v.number()),
});
export type Run = v.InferOutput<typeof Run>;

/** Repeats of one pair: equal but for the seed, or but for the split. */
export const Series = v.object({
  id: v.number(),
  name: v.string(),
  over: v.picklist(['seeds', 'splits']),
});
export type Series = v.InferOutput<typeof Series>;

export const Pair = v.object({
  id: v.number(),
  name: v.string(),
  baselineRunId: v.number(),
  ntRunId: v.number(),
  /** Absent for a pair that is no repeat. */
  series: v.optional(Series),
  createdAtMs: v.number(),
});
export type Pair = v.InferOutput<typeof Pair>;

/** One optimiser step, lab scale. A non-finite value ends the run, so none is ever stored. */
export const StepMetric = v.object({
  step: v.number(),
  epoch: v.number(),
  qualityLoss: v.number(),
  /** lambda times the squared gradient-norm estimate, as added to the loss; 0 for a baseline. */
  normTerm: v.number(),
  total: v.number(),
  /** Mean finite-difference estimate of the gradient's l1 norm; null for a baseline. */
  normEstimate: v.nullable(v.number()),
  learningRate: v.number(),
});
export type StepMetric = v.InferOutput<typeof StepMetric>;

export const EpochMetric = v.object({
  /** 1-based: the epoch that has just ended. */
  epoch: v.number(),
  step: v.number(),
  /** Null with no validation set, or where the metric is undefined (a constant vector). */
  validationSrocc: v.nullable(v.number()),
  validationRmse: v.nullable(v.number()),
  trainMs: v.number(),
  /** Share of the epoch the engine waited for images. */
  dataWaitShare: v.number(),
});
export type EpochMetric = v.InferOutput<typeof EpochMetric>;

export const Warning = v.object({
  /** One paragraph each in docs/warnings.md. */
  code: v.string(),
  message: v.string(),
  imageId: v.optional(v.nullable(v.number())),
});
export type Warning = v.InferOutput<typeof Warning>;
