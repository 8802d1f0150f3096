import type { Catalogue } from '@shared/domain/catalogue';
import type { DefenceChoice } from '@shared/domain/group';
import type { ScoreDefence } from '@shared/domain/run';
import { LabError } from '@shared/errors';
import { checkValues, nearest } from '@shared/params';

/**
 * A defence with every setting checked and filled in, as specs store it.
 * @throws LabError `not-found` with the nearest name, or `bad-input`
 */
export function chooseDefence(
  catalogue: Catalogue,
  { defenceId, params }: DefenceChoice,
): Omit<ScoreDefence, 'on'> {
  const { defences } = catalogue;
  const found = defences.find(({ id }) => id === defenceId);
  if (found) {
    const { id, version, title } = found;
    return { id, version, title, params: checkValues(title, found.params, params) };
  }
  const names = defences.map(({ id }) => id);
  const near = nearest(defenceId, names);
  throw new LabError({
    kind: 'not-found',
    message: `there is no defence "${defenceId}"; the defences are ${names.join(', ')}`,
    safe: 'Nothing was started.',
    next: near ? `Did you mean "${near}"?` : 'Choose one of them.',
  });
}
