import { LabError } from '@shared/errors';
import { checkValues } from '@shared/params';
import { found } from '@shared/registry';
import { listFitResults } from '../../db/fits';
import { listWeights } from '../../db/weights';
import { requireFiles } from '../../jobs/attack-jobs';
import { startBatch } from '../../jobs/start-batch';
import type { NounHandlers } from '../context';
import { opened } from '../context';

export const fitHandlers: NounHandlers<'fit'> = {
  'fit.start': async (context, { runIds, side, limit, seed, ...asked }) => {
    const { board, runner } = opened(context);
    const { fits } = await context.worker.catalogue();
    const fit = found('fit', fits, asked.fitId);
    const params = checkValues(fit.title, fit.params, asked.params);
    if (!Number.isSafeInteger(seed) || seed < 0) {
      throw new LabError({
        kind: 'bad-input',
        message: `the seed must be a whole number from 0, got ${seed}`,
        safe: 'Nothing was started.',
        next: 'Correct the seed.',
      });
    }
    const { id: fitId, version: fitVersion, on } = fit;
    const files = requireFiles(fit, params, listWeights(board.db));
    const dataOnly = on === 'data';
    const jobIds = startBatch(board, { runIds, side, limit, dataOnly }, ({ id: runId }) => ({
      spec: {
        kind: 'fit',
        runId,
        side,
        fitId,
        fitVersion,
        on,
        params,
        seed,
        limit,
        ...(files.length > 0 ? { files } : {}),
      },
      action: fit.title,
    }));
    runner.release();
    return { jobIds };
  },
  'fit.results': (context) => listFitResults(opened(context).db),
};
