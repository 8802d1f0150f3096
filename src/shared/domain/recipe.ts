import * as v from 'valibot';
import { FigureOptions } from './study';
import { sides } from './dataset';

const value = v.nullable(v.union([v.string(), v.number()]));

/** Where a run of the exported study stands in the recipe's experiments. */
export const RecipeRun = v.object({
  /** As it was called. */
  name: v.string(),
  /** Number of the experiment in `experiments`, from 0. */
  experiment: v.number(),
  /** Number of its pair among all that the experiment makes, repeats counted one by one, from 0. */
  pair: v.number(),
  /** Which run of the pair, from 0: the baseline comes first. */
  half: v.number(),
});
export type RecipeRun = v.InferOutput<typeof RecipeRun>;

/** The pictures an experiment needs, so that others can be told from them. Where they lie is nobody else's business. */
export const RecipeData = v.object({
  name: v.string(),
  importer: v.string(),
  scoreKind: v.picklist(['mos', 'dmos']),
  scoreMin: v.number(),
  scoreMax: v.number(),
  images: v.number(),
  contentHash: v.string(),
  /** Set where the lab drew the pictures itself. */
  demo: v.optional(v.object({ images: v.number(), seed: v.number() })),
});
export type RecipeData = v.InferOutput<typeof RecipeData>;

/**
 * What stands beside every exported file: where its numbers come from, and all it takes to make them
 * again. Holds no dates and no paths, so that the same export gives the same recipe.
 */
export const Recipe = v.object({
  /** Version of this format. */
  recipe: v.literal(1),
  lab: v.object({ name: v.string(), version: v.string() }),
  kind: v.picklist(['figure', 'table']),
  id: v.string(),
  title: v.string(),
  /** The figure or table of the paper whose form it takes. */
  paper: v.nullable(v.string()),
  caption: v.string(),
  side: v.picklist(sides),
  /** Without the ids of a workspace: the pair by its place, pictures by their names. */
  options: v.omit(FigureOptions, ['pairId', 'imageIds']),
  /** Which run of `runs` is the twin of the pair that is drawn, where one pair is. */
  pairOf: v.optional(v.number()),
  images: v.optional(v.array(v.string())),
  /** In inches and points; absent for a table. */
  size: v.optional(v.record(v.string(), v.union([v.string(), v.number()]))),
  runs: v.array(RecipeRun),
  /** Everything that made each run, for a reader; see study/provenance.ts. */
  provenance: v.array(v.unknown()),
  /** One per split: an experiment file each, as `iqalab run` reads it, and the pictures it needs. */
  experiments: v.array(v.object({ data: RecipeData, file: v.unknown() })),
  /** Weight files that must be in the workspace first. */
  files: v.array(v.object({ sha256: v.string(), label: v.string() })),
  /** Why the export cannot be made again in full; empty where it can. */
  gaps: v.array(v.string()),
  /** The numbers that were written, to be compared. */
  numbers: v.object({ columns: v.array(v.string()), rows: v.array(v.array(value)) }),
});
export type Recipe = v.InferOutput<typeof Recipe>;
