import { LabError } from '@shared/errors';
import { setDeleted } from '../../db/bin';
import { listJobsOfRun } from '../../db/jobs';
import { listRunWarnings } from '../../db/results';
import { getRun, listRuns, renameRun } from '../../db/runs';
import { countSteps, listEpochs, thinnedSteps } from '../../db/training';
import type { WriteWeights } from '@shared/worker-protocol';
import { createImport } from '../../jobs/create-import';
import { exportWeights } from '../../weights/export-weights';
import { requireName } from '../names';
import type { LabContext, NounHandlers } from '../context';
import { ok, opened } from '../context';

export const runHandlers: NounHandlers<'run'> = {
  'run.list': (context) => listRuns(opened(context).db),
  'run.get': (context, { id }) => getRun(opened(context).db, id),
  'run.import': async (context, { draft }) => {
    const { board, runner } = opened(context);
    const catalogue = await context.worker.catalogue();
    const made = createImport(board, catalogue, { ...draft, name: requireName(draft.name) });
    runner.release();
    return made;
  },
  'run.exportWeights': (context, args) => {
    const { db, board } = opened(context);
    const write = (order: WriteWeights) => context.worker.writeWeights(order);
    const { freeBytes } = context;
    return exportWeights({ db, layout: board.layout, write, freeBytes }, args);
  },
  'run.rename': (context, { id, name }) => {
    const { db, board } = opened(context);
    getRun(db, id);
    renameRun(db, id, requireName(name));
    board.tellRun(id);
    return getRun(db, id);
  },
  'run.delete': (context, { id }) => {
    const { db, board } = opened(context);
    const run = getRun(db, id);
    const jobs = listJobsOfRun(db, id);
    if (jobs.some((job) => job.leasePid !== null)) {
      throw new LabError({
        kind: 'conflict',
        message: `${run.name} cannot be deleted while one of its jobs runs`,
        safe: 'Nothing was changed.',
        next: 'Stop the job first.',
      });
    }
    setDeleted(db, 'runs', id, Date.now());
    board.tellRun(id);
    for (const job of jobs) context.events.emit('job.removed', { id: job.id });
    return ok;
  },
  'run.restore': (context, { id }) => restore(context, id),
  'run.steps': (context, { id, afterStep, maxPoints }) => {
    const { db } = opened(context);
    getRun(db, id);
    return { steps: thinnedSteps(db, id, afterStep, maxPoints), stored: countSteps(db, id) };
  },
  'run.epochs': (context, { id }) => listEpochs(opened(context).db, id),
  'run.warnings': (context, { id }) => listRunWarnings(opened(context).db, id),
};

function restore(context: LabContext, id: number): typeof ok {
  const { db, board, runner } = opened(context);
  getRun(db, id);
  setDeleted(db, 'runs', id, null);
  for (const job of listJobsOfRun(db, id)) board.tell(job);
  runner.pump();
  return ok;
}
