import type { Catalogue } from '@shared/domain/catalogue';
import type { DefenceChoice } from '@shared/domain/group';
import { byId } from './by-id';
import type { DefencePlan } from './schema';

/** A planned defence with its preset's values under its own. */
export function plannedDefence(
  { defences }: Catalogue,
  planned: Pick<DefencePlan, 'defence' | 'preset' | 'params'>,
): DefenceChoice {
  const info = byId('defence', defences, planned.defence);
  const preset =
    planned.preset === undefined ? {} : byId('preset', info.presets, planned.preset).params;
  return { defenceId: info.id, params: { ...preset, ...planned.params } };
}
