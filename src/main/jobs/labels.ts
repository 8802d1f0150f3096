import { defenceSuffix } from '@shared/defence-text';
import type { AttackInfo, Catalogue } from '@shared/domain/catalogue';
import type { AttackSpec } from '@shared/domain/run';
import type { ParamSpec, ParamValues } from '@shared/params';
import { holds, words } from '@shared/params';

/**
 * Name of an attack batch in figures and tables, made from its settings alone so that both twins'
 * batches share it: the numbers the paper states, then whatever differs from its default.
 * For example "FGSM, epsilon 0.005, first 50 images".
 */
export function attackLabel(catalogue: Catalogue, attack: AttackInfo, spec: AttackSpec): string {
  const parts = [
    attack.title,
    ...settings(attack.params, spec.params, true),
    ...settings(catalogue.attackRun, spec.run, false),
  ];
  if (spec.limit !== null) parts.push(`first ${spec.limit} images`);
  return parts.join(', ') + defenceSuffix(spec.defence);
}

function settings(specs: readonly ParamSpec[], values: ParamValues, always: boolean): string[] {
  return specs.flatMap((spec) => {
    const value = values[spec.id] ?? spec.default;
    if (!holds(spec.when, values)) return [];
    const shown = always && spec.level === 'paper' && typeof value === 'number';
    const meant = value !== spec.default && (always || spec.level === 'paper');
    if (!shown && !meant) return [];
    if (typeof value === 'boolean') return [value ? spec.label : `no ${spec.label}`];
    if (spec.type === 'choice') {
      return [spec.options.find((option) => option.value === value)?.label ?? String(value)];
    }
    // The checksum's beginning: a batch is named by what it used, whatever the file is called.
    if (spec.type === 'weights') return [`${words(spec.id)} ${String(value).slice(0, 8)}`];
    return [`${words(spec.id)} ${value}`];
  });
}
