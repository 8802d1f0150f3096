import { checkValues } from '@shared/params';
import { listWeights } from '../../db/weights';
import { defenceText } from '@shared/defence-text';
import { attackJobs } from '../../jobs/attack-jobs';
import { chooseDefence } from '../../jobs/choose-defence';
import { startBatch } from '../../jobs/start-batch';
import type { NounHandlers } from '../context';
import { opened } from '../context';

export const evaluateHandlers: NounHandlers<'evaluate'> = {
  'evaluate.start': async (context, { runIds, side, defence: wanted, limit }) => {
    const { board, runner } = opened(context);
    const defence = wanted && {
      ...chooseDefence(await context.worker.catalogue(), wanted),
      on: wanted.on,
    };
    const jobIds = startBatch(board, { runIds, side, limit: limit ?? null }, (run) => ({
      spec: {
        kind: 'evaluate',
        runId: run.id,
        side,
        ...(defence && { defence }),
        ...(limit !== undefined && { limit }),
      },
      action: defence ? `Scores behind ${defenceText(defence)}` : 'Scores',
    }));
    runner.release();
    return { jobIds };
  },
};

export const attackHandlers: NounHandlers<'attack'> = {
  'attack.start': async (context, { runIds, side, limit, ...asked }) => {
    const { board, runner } = opened(context);
    const catalogue = await context.worker.catalogue();
    const newJob = attackJobs(catalogue, { side, limit }, asked, listWeights(board.db));
    const jobIds = startBatch(board, { runIds, side, limit }, ({ id }) => newJob(id));
    runner.release();
    return { jobIds };
  },
};

export const normsHandlers: NounHandlers<'norms'> = {
  'norms.start': async (context, { runIds, side, limit, params: given }) => {
    const { board, runner } = opened(context);
    const catalogue = await context.worker.catalogue();
    const params = checkValues('gradient norms', catalogue.norms, given);
    const jobIds = startBatch(board, { runIds, side, limit }, (run) => ({
      spec: { kind: 'norms', runId: run.id, side, params, limit },
      action: 'Gradient norms',
    }));
    runner.release();
    return { jobIds };
  },
};
