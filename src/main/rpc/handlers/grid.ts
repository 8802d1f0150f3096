import { getGroup } from '../../db/groups';
import { controlGroup } from '../../jobs/group-control';
import { planGrid, startGrid } from '../../jobs/grid';
import type { NounHandlers } from '../context';
import { opened } from '../context';

export const gridHandlers: NounHandlers<'grid'> = {
  'grid.plan': async (context, request) => {
    const { db } = opened(context);
    return planGrid(db, await context.worker.catalogue(), request);
  },
  'grid.start': async (context, request) => {
    const { db, board, runner } = opened(context);
    const groupId = startGrid(board, await context.worker.catalogue(), request);
    const group = getGroup(db, groupId);
    context.events.emit('group.changed', group);
    // Cells that were stopped before go on; new ones are queued already.
    controlGroup(board, runner, groupId, 'resume');
    runner.release();
    return group;
  },
};
