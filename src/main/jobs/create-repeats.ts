import type { Catalogue, EngineName } from '@shared/domain/catalogue';
import type { Pair } from '@shared/domain/run';
import { LabError } from '@shared/errors';
import type { PairDraft, Repeats } from '@shared/rpc';
import { insertSeries } from '../db/runs';
import { getSplit } from '../db/splits';
import type { JobBoard } from './board';
import { storePair, tellStored } from './create-pair';

/**
 * Stores a pair k times, over seeds counted up from the draft's or over splits, as one series, and queues all trainings,
 * repeat after repeat. All are stored or none.
 * @throws LabError as `createPair`, or `bad-input` where a split is named twice
 */
export function createRepeats(
  board: JobBoard,
  catalogue: Catalogue,
  draft: PairDraft,
  repeats: Repeats,
  engine: EngineName | null,
): Pair[] {
  const { db } = board;
  const drafts = draftsOf(board, draft, repeats);
  const stored = db.transaction(() => {
    const series = { name: draft.name, over: repeats.over };
    const seriesId = insertSeries(db, series, Date.now());
    return drafts.map((each) => storePair(board, catalogue, each, engine, seriesId));
  });
  tellStored(board, stored);
  return stored.map(({ pair }) => pair);
}

function draftsOf(board: JobBoard, draft: PairDraft, repeats: Repeats): PairDraft[] {
  if (repeats.over === 'seeds') {
    return Array.from({ length: repeats.count }, (_, i) => {
      const seed = draft.seed + i;
      return { ...draft, seed, name: `${draft.name}, seed ${seed}` };
    });
  }
  if (new Set(repeats.splitIds).size < repeats.splitIds.length) {
    throw new LabError({
      kind: 'bad-input',
      message: 'a split is named twice: its repeats would be equal to the last bit',
      safe: 'Nothing was changed.',
      next: 'Name every split once.',
    });
  }
  return repeats.splitIds.map((splitId) => {
    const { name } = getSplit(board.db, splitId);
    return { ...draft, splitId, name: `${draft.name}, ${name}` };
  });
}
