import type { AttackInfo } from '@shared/domain/catalogue';
import type { AttackSpec, NormsSpec } from '@shared/domain/run';
import { compact } from '../../components/format';

/** "FGSM, Largest change ε 0.005": title and the settings the paper states for it. */
export function attackName(spec: AttackSpec | NormsSpec, attacks: readonly AttackInfo[]): string {
  if (spec.kind !== 'attack') return '';
  const info = attacks.find((attack) => attack.id === spec.attackId);
  if (!info) return spec.attackId;
  const settings = info.params
    .filter((param) => param.level === 'paper')
    .flatMap((param) => {
      const value = spec.params[param.id];
      return typeof value === 'number' ? [`${param.label} ${compact(value)}`] : [];
    });
  return [info.title, ...settings].join(', ');
}
