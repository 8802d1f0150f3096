import * as v from 'valibot';
import { ParamValue, ParamValues } from '../params';
import { PairDraft } from '../rpc-values';
import { Side } from './dataset';
import { AttackChoice } from './group';
import { Regime } from './run';

/** One setting that a sweep varies, and the values it takes. */
export const SweepAxis = v.object({
  /** `seed`, or a list of settings and one of its ids: `nt.lambda`, `trainer.loss`, `at.epsilon`. */
  setting: v.string(),
  values: v.pipe(v.array(ParamValue), v.minLength(1), v.maxLength(100)),
});
export type SweepAxis = v.InferOutput<typeof SweepAxis>;

/** What is measured on every run of a sweep once it is trained. */
export const SweepMeasures = v.object({
  side: Side,
  /** Attacks and norms on the first n pictures only; null for all. */
  limit: v.nullable(v.number()),
  evaluate: v.boolean(),
  attacks: v.pipe(v.array(AttackChoice), v.maxLength(100)),
  /** Settings of the gradient norms; null: they are not measured. */
  norms: v.nullable(ParamValues),
});
export type SweepMeasures = v.InferOutput<typeof SweepMeasures>;

/** One pair per combination of the values; each is an ordinary pair, and so is what is measured on it. */
export const SweepRequest = v.object({
  /** Empty: named after what varies. */
  name: v.string(),
  draft: PairDraft,
  axes: v.pipe(v.array(SweepAxis), v.minLength(1), v.maxLength(6)),
  measures: SweepMeasures,
});
export type SweepRequest = v.InferOutput<typeof SweepRequest>;

/** What a sweep would do, job by job, before it is started. */
export const SweepPlan = v.object({
  pairs: v.number(),
  jobs: v.array(
    v.object({
      kind: v.picklist(['train', 'evaluate', 'attack', 'norms']),
      regime: Regime,
      /** "Training", or the attack as figures call it. */
      label: v.string(),
      runName: v.string(),
      /** The job that is reused or continued; null for a new one. */
      jobId: v.nullable(v.number()),
      done: v.boolean(),
      /** From earlier work in this workspace; null where there is nothing to go by. */
      estimateMs: v.nullable(v.number()),
    }),
  ),
});
export type SweepPlan = v.InferOutput<typeof SweepPlan>;
