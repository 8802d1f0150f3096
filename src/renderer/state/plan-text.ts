import type { GridPlan } from '@shared/domain/group';
import { count, duration } from '../components/format';

/** "6 cells, 1 392 pictures to attack, 232 done before; about 12 min, not counting 2 cells …". */
export function planText({ cells }: GridPlan): string {
  const plural = (n: number, what: string): string => `${count(n)} ${what}${n === 1 ? '' : 's'}`;
  const images = cells.reduce((sum, cell) => sum + cell.images, 0);
  const done = cells.reduce((sum, cell) => sum + Math.min(cell.done, cell.images), 0);
  const size = `${plural(cells.length, 'cell')}, ${plural(images - done, 'picture')} to attack`;
  const reused = done > 0 ? `, ${count(done)} done before` : '';
  return `${size}${reused}; ${timeText(cells)}.`;
}

function timeText(cells: GridPlan['cells']): string {
  const known = cells.flatMap(({ estimateMs }) => estimateMs ?? []);
  const unknown = cells.length - known.length;
  const total = known.reduce((sum, ms) => sum + ms, 0);
  if (known.length === 0) return 'how long is not known: nothing like it has been run here yet';
  const about = total === 0 ? 'nothing is left to do' : `about ${duration(total)}`;
  if (unknown === 0) return about;
  const cell = unknown === 1 ? '1 cell' : `${count(unknown)} cells`;
  return `${about} and ${cell} whose attack was never run on that model here`;
}
