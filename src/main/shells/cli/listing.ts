import type { FigureOptions, Study } from '@shared/domain/study';
import { figures } from '@shared/figures';
import { tables } from '@shared/tables';
import { columns } from './columns';

/** Lines that name every figure or table with its form in the paper, and what it lacks. */
export function listing(
  study: Study,
  drawn: FigureOptions,
  kinds: readonly ('figure' | 'table')[],
): string[] {
  const all = [
    ...figures.map((item) => ['figure', item] as const),
    ...tables.map((item) => ['table', item] as const),
  ].filter(([kind]) => kinds.includes(kind));
  const rows = all.map(([kind, item]) => {
    const missing = [...new Set(item.needs(study, drawn).map(({ reason }) => reason))];
    const state = missing.length === 0 ? 'ready' : `lacks: ${missing.join(' ')}`;
    return [kind, item.id, item.paper ?? 'our own', item.title, state];
  });
  return columns(['kind', 'id', 'paper', 'title', 'state'], rows, 140);
}
