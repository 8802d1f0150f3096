import { defenceSuffix } from '@shared/defence-text';
import type { Catalogue } from '@shared/domain/catalogue';
import type { AttackSpec, NormsSpec } from '@shared/domain/run';
import type { ParamSpec, ParamValues } from '@shared/params';
import { words } from '@shared/params';
import { compact } from '../components/format';

/** "FGSM, epsilon 0.005": what was done and the numbers the paper states for it, as figures say it. */
export function batchName(spec: AttackSpec | NormsSpec, catalogue: Catalogue): string {
  if (spec.kind === 'norms') return named('‖∇f‖₁', catalogue.norms, spec.params);
  const attack = catalogue.attacks.find((one) => one.id === spec.attackId);
  const name = attack ? named(attack.title, attack.params, spec.params) : spec.attackId;
  return name + defenceSuffix(spec.defence);
}

function named(title: string, specs: readonly ParamSpec[], values: ParamValues): string {
  const settings = specs
    .filter((spec) => spec.level === 'paper')
    .flatMap((spec) => {
      const value = values[spec.id];
      return typeof value === 'number' ? [`${words(spec.id)} ${compact(value)}`] : [];
    });
  return [title, ...settings].join(', ');
}
