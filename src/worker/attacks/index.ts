import type { AttackInfo } from '@shared/domain/catalogue';
import { LabError } from '@shared/errors';
import { nearest } from '@shared/params';
import type { AttackDef } from './attack';

const files = import.meta.glob<{ default: AttackDef }>(['./*.ts', '!./attack.ts', '!./index.ts'], {
  eager: true,
});

/** Every attack of this folder, by id. An id that is not its file's stem stops the program. */
export const attacks: ReadonlyMap<string, AttackDef> = new Map(
  Object.entries(files).map(([path, { default: attack }]) => {
    const stem = path.slice('./'.length, -'.ts'.length);
    if (attack.id !== stem) throw new Error(`attacks: ${path} declares id "${attack.id}"`);
    return [stem, attack];
  }),
);

/** @throws LabError `not-found` with the nearest name that exists */
export function findAttack(id: string): AttackDef {
  const attack = attacks.get(id);
  if (attack) return attack;
  const near = nearest(id, [...attacks.keys()]);
  throw new LabError({
    kind: 'not-found',
    message: `there is no attack "${id}"`,
    safe: 'Nothing was started.',
    next: near ? `Did you mean "${near}"?` : `The attacks are: ${[...attacks.keys()].join(', ')}.`,
  });
}

/** The part of an attack that the rest of the lab knows: plain data. */
export function attackInfo(attack: AttackDef): AttackInfo {
  const { id, version, title, citation, summary, access, params, presets } = attack;
  return { id, version, title, citation, summary, access, params, presets };
}
