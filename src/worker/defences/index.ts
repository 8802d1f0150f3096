import type { DefenceInfo } from '@shared/domain/catalogue';
import type { AttackDefence, ScoreDefence } from '@shared/domain/run';
import { LabError } from '@shared/errors';
import { checkValues, type ParamValues } from '@shared/params';
import { random } from '@shared/random';
import type { Scorer } from '../attacks/attack';
import { registry } from '../registry';
import type { DefenceDef } from './defence';

export type { CertifiedScore, DefenceDef } from './defence';

/** Every defence of this folder. */
export const defences = registry<DefenceDef>(
  'defence',
  import.meta.glob<{ default: DefenceDef }>(['./*.ts', '!./defence.ts', '!./index.ts'], {
    eager: true,
  }),
);

/** The part of a defence that the rest of the lab knows: plain data. */
export function defenceInfo(defence: DefenceDef): DefenceInfo {
  const { id, version, title, citation, summary, gradient, certifies, params, presets } = defence;
  return { id, version, title, citation, summary, gradient, certifies, params, presets };
}

/** A defence with its settings, ready to stand before a picture's scorer. */
export interface OpenDefence {
  readonly def: DefenceDef;
  readonly params: Readonly<ParamValues>;
  /** Model and defence as one; what is random in it depends on the picture alone, not on the batch. */
  guard(inner: Scorer, pictureIndex: number): Scorer;
  seedOf(pictureIndex: number): number;
}

/**
 * @param seed the run's: both twins meet the same noise
 * @throws LabError `not-found`, `bad-input`, or `unsupported` where another version of it was asked for
 */
export function openDefence(
  { id, version, params: given }: Pick<ScoreDefence | AttackDefence, 'id' | 'version' | 'params'>,
  seed: number,
): OpenDefence {
  const def = defences.find(id);
  if (def.version !== version) {
    throw new LabError({
      kind: 'unsupported',
      message: `this job asks for version ${version} of ${def.title}; this is version ${def.version}`,
      safe: 'Rows that are finished are kept.',
      next: 'Start it anew with this version.',
    });
  }
  const params = checkValues(def.title, def.params, given);
  const seedOf = (index: number): number => random(seed, 'defence', 0, index).uint32();
  return { def, params, seedOf, guard: (inner, index) => def.guard(inner, params, seedOf(index)) };
}
