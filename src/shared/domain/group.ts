import * as v from 'valibot';
import { ParamValues } from '../params';
import { Side } from './dataset';

/** What the jobs of a group have in common, which says how an interface shows them. */
export const groupKinds = ['attack-grid', 'sweep'] as const;
export const GroupKind = v.picklist(groupKinds);
export type GroupKind = v.InferOutput<typeof GroupKind>;

/**
 * Jobs that a person asked for as one: one line in the queue, held and resumed together. The jobs
 * themselves are ordinary ones and may belong to several groups, since what exists is reused.
 */
export const JobGroup = v.object({
  id: v.number(),
  kind: GroupKind,
  name: v.string(),
  /** What `units` counts, as a job's progress does: `images`, `steps`. */
  unit: v.string(),
  /** In the order they were asked for. */
  members: v.array(v.object({ jobId: v.number(), units: v.number() })),
  createdAtMs: v.number(),
});
export type JobGroup = v.InferOutput<typeof JobGroup>;

/** A defence by name, its settings completed by the host. */
export const DefenceChoice = v.object({ defenceId: v.string(), params: ParamValues });
export type DefenceChoice = v.InferOutput<typeof DefenceChoice>;

/** What scores can be asked for beside runs and side. */
export const scoresChoice = {
  /** Absent: the model alone. */
  defence: v.optional(v.object({ ...DefenceChoice.entries, on: v.picklist(['picture', 'views']) })),
  /** Only the first n images; all when absent. */
  limit: v.optional(v.number()),
};

/** One attack with everything but the run it is let loose on. */
export const attackChoice = {
  attackId: v.string(),
  params: ParamValues,
  /** The catalogue's `attackRun` settings. */
  run: ParamValues,
  seed: v.number(),
  /** Pictures whose every step is recorded, spread evenly over the ratings; none when absent. */
  /** Absent: the model alone. */
  defence: v.optional(v.object({ ...DefenceChoice.entries, adaptive: v.boolean() })),
  traces: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(1000))),
};
export const AttackChoice = v.object(attackChoice);
export type AttackChoice = v.InferOutput<typeof AttackChoice>;

/** Every attack on every run. */
export const GridRequest = v.object({
  /** Empty: named after its size. */
  name: v.string(),
  runIds: v.array(v.number()),
  side: Side,
  limit: v.nullable(v.number()),
  attacks: v.pipe(v.array(AttackChoice), v.minLength(1), v.maxLength(100)),
});
export type GridRequest = v.InferOutput<typeof GridRequest>;

/** What the attack of one cell has done so far. */
export const CellNumbers = v.object({
  jobId: v.number(),
  images: v.number(),
  /** Root mean square and mean of the absolute change of score, lab scale; null without an image. */
  rmse: v.nullable(v.number()),
  meanChange: v.nullable(v.number()),
  /** Share of images whose `ssim-piq` is above 0.9. */
  ssimShare: v.nullable(v.number()),
});
export type CellNumbers = v.InferOutput<typeof CellNumbers>;

/** What a grid would do, cell by cell, before it is started. */
export const GridPlan = v.object({
  cells: v.array(
    v.object({
      runId: v.number(),
      /** Position in the request's `attacks`. */
      attack: v.number(),
      label: v.string(),
      images: v.number(),
      /** Pictures that need no work: attacked before with exactly these settings. */
      done: v.number(),
      /** The job that is continued or reused; null for a new one. */
      jobId: v.nullable(v.number()),
      /** From earlier attacks in this workspace; null where there is nothing to go by. */
      estimateMs: v.nullable(v.number()),
    }),
  ),
});
export type GridPlan = v.InferOutput<typeof GridPlan>;
