import type { Recipe } from '@shared/domain/recipe';
import type { FigureOptions, Study } from '@shared/domain/study';
import type { DataTable } from '@shared/figures';
import type { FigureSize } from '@shared/rpc';
import { provenanceOf } from '@shared/study/provenance';
import { chosenPair } from '@shared/study/select';
import { app } from '../app';
import { planExperiments } from './experiments';
import { madeThing, type MadeKind } from './made';
import { scopeOf } from './scope';
import type { RecipeSource } from './source';

/**
 * The recipe of an export: where its numbers come from, the experiment that makes them again, and the
 * numbers themselves.
 * @param size absent for a table
 */
export function makeRecipe(
  kind: MadeKind,
  id: string,
  study: Study,
  options: FigureOptions,
  source: RecipeSource,
  size?: FigureSize,
): Recipe {
  const made = madeThing(kind, id);
  const { study: scope, content } = scopeOf(made, study, options);
  const { imageIds } = options;
  // Numbers of this workspace mean nothing in another; undefined ones do not reach the file.
  const others = { ...options, pairId: undefined, imageIds: undefined };
  const chosen = made.choices.includes('pairId') ? chosenPair(scope, options) : null;
  // Several pairs may share their baseline, none its twin.
  const last = chosen?.runs.at(-1);
  const names = new Map(
    scope.runs.flatMap(({ images }) => images).map((each) => [each.id, each.name]),
  );
  return {
    recipe: 1,
    lab: app,
    kind,
    id,
    title: made.title,
    paper: made.paper,
    caption: content.caption,
    side: study.selection.side,
    options: others,
    ...(last && { pairOf: scope.runs.indexOf(last) }),
    ...(imageIds && { images: imageIds.flatMap((each) => names.get(each) ?? []) }),
    ...(size && { size }),
    ...planExperiments(scope, `${made.title}, again`, source),
    provenance: provenanceOf(scope),
    numbers: numbersOf(content.numbers),
  };
}

/** As JSON holds them: a number that is none is an empty cell, in the file as in the comparison. */
export function numbersOf({ columns, rows }: DataTable): Recipe['numbers'] {
  return {
    columns: [...columns],
    rows: rows.map((row) =>
      row.map((value) => (typeof value === 'number' && !Number.isFinite(value) ? null : value)),
    ),
  };
}

/** A recipe as the text of its file: the same recipe gives the same text. */
export function recipeText(recipe: Recipe): string {
  const { numbers, ...others } = recipe;
  const head = JSON.stringify(others, null, 2).slice(0, -2);
  // A line per row: thousands of lines of one number each are nothing to look at.
  const rows = numbers.rows.map((row) => `      ${JSON.stringify(row)}`).join(',\n');
  const columns = JSON.stringify(numbers.columns);
  return `${head},\n  "numbers": {\n    "columns": ${columns},\n    "rows": [\n${rows}\n    ]\n  }\n}\n`;
}
