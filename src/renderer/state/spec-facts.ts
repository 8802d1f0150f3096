import { holds, type ParamSpec, type ParamValues } from '@shared/params';
import { compact } from '../components/format';
import type { Fact } from '../components/fact';

/**
 * Stored settings as a fact sheet, in the words of their specs; those without a spec keep
 * their id, those whose condition does not hold played no part and are left out.
 */
export function specFacts(
  specs: readonly ParamSpec[],
  values: Readonly<ParamValues>,
): readonly Fact[] {
  return Object.entries(values).flatMap(([id, value]): Fact[] => {
    const spec = specs.find((candidate) => candidate.id === id);
    const name = spec?.label ?? id;
    if (!holds(spec?.when, values)) return [];
    if (typeof value === 'number') return [{ name, value: compact(value, 6), kind: 'number' }];
    if (typeof value === 'boolean') return [{ name, value: value ? 'yes' : 'no' }];
    const option =
      spec?.type === 'choice' ? spec.options.find((one) => one.value === value) : undefined;
    return [{ name, value: option?.label ?? value }];
  });
}
