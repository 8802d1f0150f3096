import { getPair, listPairs, renamePair } from '../../db/runs';
import type { TrialPayload } from '@shared/worker-protocol';
import { createPair } from '../../jobs/create-pair';
import { createRepeats } from '../../jobs/create-repeats';
import { requireName } from '../names';
import type { NounHandlers } from '../context';
import { opened } from '../context';

export const pairHandlers: NounHandlers<'pair'> = {
  'pair.create': async (context, { draft }) => {
    const { board, runner } = opened(context);
    const catalogue = await context.worker.catalogue();
    const pair = createPair(
      board,
      catalogue,
      { ...draft, name: requireName(draft.name) },
      context.worker.engineState.current?.name ?? null,
    );
    runner.release();
    return pair;
  },
  'pair.createRepeats': async (context, { draft, repeats }) => {
    const { board, runner } = opened(context);
    const catalogue = await context.worker.catalogue();
    const named = { ...draft, name: requireName(draft.name) };
    const pairs = createRepeats(
      board,
      catalogue,
      named,
      repeats,
      context.worker.engineState.current?.name ?? null,
    );
    runner.release();
    return pairs;
  },
  'pair.check': async (context, { draft, repeats }) => {
    const { board, signal } = opened(context);
    const { preflight } = await import('../../preflight/preflight');
    const { freeBytes, availableBytes, events } = context;
    const parts = {
      board,
      catalogue: await context.worker.catalogue(),
      freeBytes,
      availableBytes,
      trial: (payload: TrialPayload) => context.trial(payload, signal),
      tell: (phase: string) => events.emit('pair.checking', { phase }),
    };
    return preflight(parts, draft, repeats);
  },
  'pair.list': (context) => listPairs(opened(context).db),
  'pair.rename': (context, { id, name }) => {
    const { db } = opened(context);
    getPair(db, id);
    renamePair(db, id, requireName(name));
    return getPair(db, id);
  },
};
