import type { Series } from '../domain/run';
import type { Study } from '../domain/study';
import { pairsOf, type StudyPair } from './select';

/** Repeats of one pair, as far as a study holds them. */
export interface StudySeries {
  readonly label: string;
  readonly over: Series['over'];
  /** In the order they were made. */
  readonly pairs: readonly StudyPair[];
}

/** Every series of which a study holds at least two repeats. */
export function seriesOf(study: Study): StudySeries[] {
  const all = pairsOf(study);
  const known = new Map(study.pairs.flatMap(({ series }) => (series ? [[series.id, series]] : [])));
  const found = [...known.values()].sort((a, b) => a.id - b.id);
  return found.flatMap(({ id, name, over }) => {
    const members = study.pairs
      .filter(({ series }) => series?.id === id)
      .sort((a, b) => a.id - b.id)
      .flatMap((pair) => all.find(({ pairId }) => pairId === pair.id) ?? []);
    return members.length < 2 ? [] : [{ label: name, over, pairs: members }];
  });
}
