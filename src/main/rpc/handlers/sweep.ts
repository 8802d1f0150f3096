import { getGroup } from '../../db/groups';
import { controlGroup } from '../../jobs/group-control';
import { planSweep, startSweep } from '../../jobs/sweep';
import { requireName } from '../names';
import type { NounHandlers } from '../context';
import { opened } from '../context';

export const sweepHandlers: NounHandlers<'sweep'> = {
  'sweep.plan': async (context, request) => {
    const { board } = opened(context);
    const catalogue = await context.worker.catalogue();
    return planSweep(board, catalogue, request, context.worker.engineState.current?.name ?? null);
  },
  'sweep.start': async (context, request) => {
    const { db, board, runner } = opened(context);
    const catalogue = await context.worker.catalogue();
    const draft = { ...request.draft, name: requireName(request.draft.name) };
    const engine = context.worker.engineState.current?.name ?? null;
    const groupId = startSweep(board, catalogue, { ...request, draft }, engine);
    const group = getGroup(db, groupId);
    context.events.emit('group.changed', group);
    // What was stopped before goes on; what is new is queued already.
    controlGroup(board, runner, groupId, 'resume');
    runner.release();
    return group;
  },
};
