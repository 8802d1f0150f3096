import type { JobGroup } from '@shared/domain/group';
import { cellNumbers, getGroup, listGroups } from '../../db/groups';
import { controlGroup, type GroupVerb } from '../../jobs/group-control';
import type { LabContext, NounHandlers } from '../context';
import { opened } from '../context';

const control =
  (verb: GroupVerb) =>
  (context: LabContext, { id }: { id: number }): JobGroup => {
    const { board, runner } = opened(context);
    return controlGroup(board, runner, id, verb);
  };

export const groupHandlers: NounHandlers<'group'> = {
  'group.list': (context) => listGroups(opened(context).db),
  'group.get': (context, { id }) => getGroup(opened(context).db, id),
  'group.numbers': (context, { id }) => cellNumbers(opened(context).db, id),
  'group.pause': control('pause'),
  'group.resume': control('resume'),
  'group.stop': control('stop'),
  'group.cancel': control('cancel'),
};
