import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import { ParamValues } from '@shared/params';

const Digests = v.record(v.string(), v.array(v.number()));
export type Digests = v.InferOutput<typeof Digests>;

/** What 95 of 100 relative errors stay below, the largest, and what half of those of every tensor stay below. */
const Errors = v.tuple([v.number(), v.number(), v.number()]);
const OwnError = v.object({
  losses: v.number(),
  gradients: Errors,
  changes: Errors,
  buffers: Errors,
});
const Run = v.object({
  losses: v.array(v.tuple([v.number(), v.number()])),
  gradients: Digests,
  changes: Digests,
  buffers: Digests,
});
const Rule = v.object({
  ends: v.array(v.string()),
  times: v.optional(v.number()),
  plus: v.optional(v.number()),
  apart: v.optional(v.number()),
});

/** What test/fixtures/torch/common.py writes; all tensors as digests (digest.ts). */
const Fixture = v.object({
  model: v.string(),
  values: ParamValues,
  trainer: ParamValues,
  torch: v.string(),
  shape: v.tuple([v.number(), v.number(), v.number(), v.number()]),
  /** Side of the squares that are tinted; null for whole pictures. */
  tile: v.nullable(v.number()),
  /** How the weights are drawn (drawn.ts). */
  salt: v.string(),
  gain: v.number(),
  rules: v.array(Rule),
  /** Range of the ratings. */
  ratings: v.tuple([v.number(), v.number()]),
  lambda: v.number(),
  h: v.number(),
  /** Trainable values in all. */
  parameters: v.number(),
  /** Names and shapes of the state dict. */
  state: v.record(v.string(), v.array(v.number())),
  /** Evaluation mode. */
  scores: v.array(v.number()),
  /** Of the sum of the scores, in pixels, NHWC. */
  inputGradient: v.array(v.number()),
  /** Parameters whose gradient is rounding alone. */
  still: v.array(v.string()),
  /** How far PyTorch in float32 is from these float64 numbers, the most of three runs: the yardstick for this lab. */
  float32: v.object({
    scores: v.number(),
    inputGradient: Errors,
    baseline: v.optional(OwnError),
    released: v.optional(OwnError),
    running: v.optional(OwnError),
    standardised: v.optional(OwnError),
  }),
  /** Which part of a parameter's first gradient comes of the norm term: median over the parameters. */
  share: v.object({
    released: v.optional(v.number()),
    running: v.optional(v.number()),
    standardised: v.optional(v.number()),
  }),
  baseline: v.optional(Run),
  /** NT as released: three passes a step on batch statistics, each of which moves the stored ones. */
  released: v.optional(Run),
  /** NT on stored statistics. */
  running: v.optional(Run),
  /** NT on scores divided by their deviation over the batch, one pass of a step moving the stored statistics. */
  standardised: v.optional(Run),
  /** NT as described: the same weights as released, but one pass of a step moves the stored statistics. */
  described: v.optional(v.object({ buffers: Digests })),
});
export type Fixture = v.InferOutput<typeof Fixture>;

/** Reads test/fixtures/torch/<name>.json. */
export function readFixture(name: string): Fixture {
  const path = new URL(`../fixtures/torch/${name}.json`, import.meta.url);
  return v.parse(Fixture, JSON.parse(readFileSync(path, 'utf8')));
}

export type TrainingMode = 'baseline' | 'released' | 'described' | 'running' | 'standardised';

/** The run that holds a mode's weights: those of NT as described are those of NT as released. */
export function runOf(mode: TrainingMode): Exclude<TrainingMode, 'described'> {
  return mode === 'described' ? 'released' : mode;
}

/** The modes that a fixture has, in a fixed order. */
export function modesOf(fixture: Fixture): TrainingMode[] {
  const all = ['baseline', 'released', 'described', 'running', 'standardised'] as const;
  return all.filter((mode) => fixture[mode] !== undefined);
}
