import type { Size } from '../../data/views';
import type { ViewShape } from '../../models';

/**
 * The square patches a pattern is fitted on: as large as the pattern, and at least as large as what the model looks at.
 * @param view null for a model that scores whole pictures
 */
export function patchShape(size: number, view: Size | null): ViewShape {
  const height = Math.max(size, view?.height ?? 0);
  const width = Math.max(size, view?.width ?? 0);
  return { kind: 'crop', height, width };
}
