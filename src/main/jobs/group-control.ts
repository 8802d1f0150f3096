import type { JobGroup } from '@shared/domain/group';
import type { JobState } from '@shared/domain/run';
import { getGroup } from '../db/groups';
import type { JobBoard } from './board';
import type { JobRunner } from './runner';

/** What can be asked of all jobs of a group at once, in the words of a single job. */
export type GroupVerb = 'pause' | 'resume' | 'stop' | 'cancel';

/** States in which the verb means something; the others are left as they are. */
const concerns: Readonly<Record<GroupVerb, readonly JobState[]>> = {
  pause: ['queued', 'running'],
  resume: ['queued', 'paused', 'interrupted', 'failed', 'cancelled'],
  stop: ['queued', 'running'],
  cancel: ['queued', 'running', 'paused', 'interrupted', 'failed'],
};

/**
 * Holds, stops or continues a whole group. Jobs are held from the last to the first, so that none of
 * them slips into the place of the one that is held; they go on in their own order.
 * @throws LabError of the first job that refused; the others were asked all the same
 */
export function controlGroup(
  board: JobBoard,
  runner: JobRunner,
  id: number,
  verb: GroupVerb,
): JobGroup {
  const group = getGroup(board.db, id);
  const members = verb === 'resume' ? group.members : group.members.toReversed();
  const refusals: unknown[] = [];
  for (const { jobId } of members) {
    if (!concerns[verb].includes(board.get(jobId).state)) continue;
    try {
      runner[verb](jobId);
    } catch (thrown) {
      refusals.push(thrown);
    }
  }
  if (refusals.length > 0) throw refusals[0];
  return group;
}
