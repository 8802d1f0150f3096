import { found, gathered, inPaperOrder } from '../registry';
import type { FigureDef } from './lib/figure';

export { pointDimensions, pointOf } from './lib/figure';
export type { DataTable, FigureDef, FigurePoint } from './lib/figure';

/** Every figure of this folder, in the paper's order, then the lab's own. */
export const figures: readonly FigureDef[] = inPaperOrder(
  gathered(
    'figures',
    import.meta.glob<FigureDef>(['./*.ts', '!./index.ts'], { eager: true, import: 'default' }),
  ),
);

/**
 * The figure with this id.
 * @throws LabError `not-found` that names the nearest right id
 */
export function findFigure(id: string): FigureDef {
  return found('figure', figures, id);
}
