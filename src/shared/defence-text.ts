import type { AttackDefence, ScoreDefence } from './domain/run';
import { words } from './params';

/** "JPEG, quality 50": a defence with every setting it has. */
export function defenceText({ title, params }: Pick<ScoreDefence, 'title' | 'params'>): string {
  return [title, ...Object.entries(params).map(([id, value]) => `${words(id)} ${value}`)].join(
    ', ',
  );
}

/** Whether an attack was made against the defence too, in the words of tables and labels. */
export function adaptiveText({ adaptive }: Pick<AttackDefence, 'adaptive'>): string {
  return adaptive ? 'adaptive' : 'non-adaptive';
}

/** What the label of an attack on a defended model ends with; empty without a defence. */
export function defenceSuffix(defence: AttackDefence | undefined): string {
  return defence ? `, behind ${defenceText(defence)} (${adaptiveText(defence)})` : '';
}
