import { LabError } from '@shared/errors';
import { nearest } from '@shared/params';

/**
 * What an experiment names, by its id.
 * @throws LabError `bad-input` with the nearest name, or all of them
 */
export function byId<T extends { readonly id: string }>(
  what: string,
  items: readonly T[],
  id: string,
): T {
  const found = items.find((item) => item.id === id);
  if (found) return found;
  const ids = items.map((item) => item.id);
  const near = nearest(id, ids);
  throw new LabError({
    kind: 'bad-input',
    message: `the experiment names the ${what} "${id}", which does not exist`,
    safe: 'Nothing was started.',
    next: near ? `Did you mean "${near}"?` : `There are: ${ids.join(', ')}.`,
  });
}
