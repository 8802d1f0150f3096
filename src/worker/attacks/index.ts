import type { AttackInfo } from '@shared/domain/catalogue';
import { registry } from '../registry';
import type { AttackDef } from './attack';

/** Every attack of this folder. */
export const attacks = registry<AttackDef>(
  'attack',
  import.meta.glob<{ default: AttackDef }>(['./*.ts', '!./attack.ts', '!./index.ts'], {
    eager: true,
  }),
);

/** The part of an attack that the rest of the lab knows: plain data. */
export function attackInfo(attack: AttackDef): AttackInfo {
  const { id, version, title, citation, summary, access, control, params, presets, needs } = attack;
  const info = { id, version, title, citation, summary, access, params, presets };
  return { ...info, ...(control && { control }), ...(needs && { needs }) };
}
