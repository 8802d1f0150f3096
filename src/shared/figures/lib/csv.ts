import type { StudyRun } from '../../domain/study';

/** Columns every data file ends with, so that a number never travels without its origin. */
export const originColumns = ['data_set', 'checkpoint_selected_on'] as const;

/** Values of `originColumns` for one run. */
export function originOf(run: StudyRun): [string, string] {
  const { name, synthetic } = run.dataset;
  return [synthetic ? `${name} (synthetic)` : name, run.run.selection];
}
