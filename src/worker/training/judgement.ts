import type { ParamSpec, ParamValues } from '@shared/params';
import { plcc } from '@shared/stats/plcc';
import { srocc } from '@shared/stats/srocc';

/** By which measure epochs compete, where a model's authors use another one than SROCC. */
export const judgedByParam: ParamSpec = {
  type: 'choice',
  id: 'judgedBy',
  label: 'Best epoch by',
  help: 'What epochs are compared by where the best one is kept. MANIQA’s code adds the two correlations.',
  level: 'expert',
  group: 'Training',
  default: 'srocc',
  options: [
    { value: 'srocc', label: 'SROCC' },
    { value: 'srocc-plcc', label: 'SROCC + PLCC', help: 'As released for MANIQA.' },
  ],
};

/**
 * What an epoch competes with: the higher, the better.
 * @returns null where a correlation is undefined, as that of constant scores is
 */
export function judgementOf(
  trainer: Readonly<ParamValues>,
  scores: readonly number[],
  ratings: readonly number[],
): number | null {
  const ranks = srocc(scores, ratings).value;
  if (trainer[judgedByParam.id] !== 'srocc-plcc') return ranks;
  const line = plcc(scores, ratings).value;
  return ranks === null || line === null ? null : ranks + line;
}
