import type { FigureOptions, Study } from '@shared/domain/study';
import { attackOf, chosenAttack } from '@shared/study/select';
import { attackPoints, normPoints, scorePoints } from '@shared/study/points';
import type { SelectedPoint } from './picture-selection.svelte';

/** What pictures can be told apart by. */
export const quantities = [
  { id: 'mos', label: 'MOS, lab scale' },
  { id: 'change', label: 'change of score, absolute' },
  { id: 'score', label: 'score before' },
  { id: 'norm', label: 'gradient norm ‖∇f‖₁' },
] as const;
export type Quantity = (typeof quantities)[number]['id'];

/**
 * Pictures whose value lies in a range, ends included, in any run of the study, largest first: what a
 * brush does, without dragging. Each picture once, with the run in which its value is largest.
 * @param from no lower end where null
 * @param to no upper end where null
 */
export function picturesInRange(
  study: Study,
  options: FigureOptions,
  quantity: Quantity,
  { from, to }: { readonly from: number | null; readonly to: number | null },
): SelectedPoint[] {
  const values = study.runs.flatMap((run): (SelectedPoint & { value: number })[] => {
    switch (quantity) {
      case 'mos':
        return run.images.map(({ id, mos }) => ({ imageId: id, runId: run.run.id, value: mos }));
      case 'score':
        return scorePoints(run).map(({ score, ...point }) => ({ ...point, value: score }));
      case 'norm':
        return normPoints(run).map(({ exact, ...point }) => ({ ...point, value: exact }));
      case 'change': {
        const batch = attackOf(run, chosenAttack(study.runs, options));
        const points = attackPoints(run, batch, options.scored);
        return points.map(({ before, after, ...point }) => {
          return { ...point, value: Math.abs(after - before) };
        });
      }
    }
  });
  const inside = values
    .filter(({ value }) => (from === null || value >= from) && (to === null || value <= to))
    .sort((a, b) => b.value - a.value);
  const first = new Map<number, SelectedPoint>();
  for (const { imageId, runId } of inside) {
    if (!first.has(imageId)) first.set(imageId, { imageId, runId });
  }
  return [...first.values()];
}
