import * as v from 'valibot';
import { ParamValues } from '../params';
import { EngineName } from './catalogue';
import { ErrorData, Regime } from './run';

/** What one real step of a training took; every number is measured, none is looked up. */
export const TrialTwin = v.object({
  regime: Regime,
  stages: v.array(
    v.object({
      title: v.string(),
      epochs: v.number(),
      /** Median of the steps after the first, which also warms the engine up. */
      stepMs: v.number(),
    }),
  ),
  /** Most memory the whole compute process held, in bytes. */
  peakBytes: v.number(),
  /** Of one checkpoint: weights and what the optimiser keeps beside them. */
  checkpointBytes: v.number(),
});
export type TrialTwin = v.InferOutput<typeof TrialTwin>;

export const TrialResult = v.object({
  twins: v.array(TrialTwin),
  stepsPerEpoch: v.number(),
  /** Scoring one picture as validation does. */
  scoreMs: v.number(),
  /** Opening one picture that is not cached yet. */
  openMs: v.number(),
});
export type TrialResult = v.InferOutput<typeof TrialResult>;

/** Another setting that was measured because the one asked for does not fit. */
export const PreflightOffer = v.object({
  /** "Compute activations twice", "8 views per step instead of 16" */
  title: v.string(),
  /** What it changes beside memory. */
  consequence: v.string(),
  /** Trainer settings to apply. */
  trainer: ParamValues,
  peakBytes: v.number(),
  totalMs: v.number(),
  fits: v.boolean(),
});
export type PreflightOffer = v.InferOutput<typeof PreflightOffer>;

/** What is known of a pair's training before it starts. */
export const Preflight = v.object({
  /** Whether anything stands in the way. */
  ok: v.boolean(),
  /** What stands in the way (`stop`) or should be known (`note`). */
  findings: v.array(v.object({ kind: v.picklist(['stop', 'note']), error: ErrorData })),
  /** Null where the settings themselves are refused: nothing could be measured then. */
  measured: v.nullable(
    v.object({
      engine: EngineName,
      trial: TrialResult,
      /** Both twins and all repeats, one after the other. */
      totalMs: v.number(),
      peakBytes: v.number(),
      /** Free for programs before the trial; on a GPU, that of the computer. */
      availableBytes: v.number(),
      diskBytes: v.number(),
      freeDiskBytes: v.number(),
    }),
  ),
  offers: v.array(PreflightOffer),
});
export type Preflight = v.InferOutput<typeof Preflight>;
