import { benchPayload } from '../../bench/payload';
import type { NounHandlers } from '../context';
import { ok, opened } from '../context';

export const benchHandlers: NounHandlers<'bench'> = {
  'bench.run': (context, ask) => {
    const { db, board } = opened(context);
    return context.bench.ask(ask, async () =>
      benchPayload(await context.worker.catalogue(), db, board.layout, ask),
    );
  },
  'bench.stop': ({ bench }, { window }) => {
    bench.stop(window);
    return ok;
  },
};
