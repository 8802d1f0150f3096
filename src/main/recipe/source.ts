import type { Split } from '@shared/domain/dataset';
import type { FitSpec, Pair, Run } from '@shared/domain/run';
import type { ReadableDb } from '../db/handle';
import { fitOf } from '../db/fits';
import { getRun, listPairs } from '../db/runs';
import { getSplit } from '../db/splits';
import { findWeights } from '../db/weights';

/** What a recipe asks of the workspace beside the study it is of. */
export interface RecipeSource {
  readonly pairs: readonly Pair[];
  run(id: number): Run;
  split(id: number): Split;
  /** The fit that a weight file came of, and null for a file from outside. */
  fit(sha256: string): FitSpec | null;
  /** What a weight file is called; null where it was never here. */
  fileTitle(sha256: string): string | null;
}

/** The same of an open workspace. */
export function recipeSource(db: ReadableDb): RecipeSource {
  return {
    // Newest first in the list; the order in which they were made is that of their numbers.
    pairs: [...listPairs(db)].sort((a, b) => a.id - b.id),
    run: (id) => getRun(db, id),
    split: (id) => getSplit(db, id),
    fit: (sha256) => fitOf(db, sha256),
    fileTitle: (sha256) => findWeights(db, sha256)?.weights.facts.title ?? null,
  };
}
