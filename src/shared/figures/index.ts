import { LabError } from '../errors';
import { nearest } from '../params';
import type { FigureDef } from './lib/figure';

export { pointDimensions, pointOf } from './lib/figure';
export type { DataTable, FigureDef, FigurePoint } from './lib/figure';

const modules = import.meta.glob<FigureDef>(['./*.ts', '!./index.ts'], {
  eager: true,
  import: 'default',
});

/** Every figure of this folder in order of id; an id differs from its file's stem nowhere. */
export const figures: readonly FigureDef[] = Object.entries(modules).map(([path, def]) => {
  const stem = path.slice('./'.length, -'.ts'.length);
  if (def.id !== stem) throw new Error(`figures: ${path} has the id "${def.id}", not its stem`);
  return def;
});

/**
 * The figure with this id.
 * @throws LabError `not-found` that names the nearest right id
 */
export function findFigure(id: string): FigureDef {
  const found = figures.find((figure) => figure.id === id);
  if (found) return found;
  const ids = figures.map((figure) => figure.id);
  const near = nearest(id, ids);
  throw new LabError({
    kind: 'not-found',
    message: `There is no figure "${id}".`,
    safe: 'Nothing was written.',
    next: near ? `Did you mean "${near}"?` : `Choose one of ${ids.join(', ')}.`,
  });
}
