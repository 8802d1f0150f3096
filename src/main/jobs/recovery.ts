import type { JobRecord } from '../db/jobs';
import { listJobsInState, updateJob } from '../db/jobs';
import type { OpenWorkspace } from '../workspace/open';
import { processLiveness } from '../workspace/process-identity';
import { moveJob } from './moves';
import { whereStopped } from './where-stopped';

/**
 * Start-up sweep. This process holds the workspace's lock, so no other host is alive and no job can
 * truly be running: each one that says so was left by a host that was killed. A worker that outlived
 * its host is ended first, because nobody records what it computes and it would write into the
 * checkpoints of the resumed job. In a copy of a workspace that is open elsewhere, the workers are the
 * original's and go on.
 * @param endProcess ends a process by its number; `process.kill` outside tests
 * @returns the jobs that are now interrupted or paused
 */
export function sweepStaleJobs(
  { db, layout, copyOfOpen }: Pick<OpenWorkspace, 'db' | 'layout' | 'copyOfOpen'>,
  endProcess: (pid: number) => void = (pid) => void process.kill(pid, 'SIGKILL'),
): JobRecord[] {
  return listJobsInState(db, 'running', 'paused')
    .filter((job) => job.state === 'running' || job.leasePid !== null)
    .map((job) => {
      if (job.leasePid !== null && !copyOfOpen && outlives(job)) endProcess(job.leasePid);
      const where = whereStopped(db, layout, job);
      if (job.state === 'running') {
        return moveJob(db, job.id, 'interrupted', { note: `The lab was killed ${where}` });
      }
      const note = `Paused when the lab was closed ${where}`;
      updateJob(db, job.id, { note, lease: null, heartbeatMs: null });
      return { ...job, note, leasePid: null };
    });
}

/** Only a process that is certainly the same one is ended: numbers are given out again. */
function outlives(job: JobRecord): boolean {
  return job.leasePid !== null && processLiveness(job.leasePid, job.leaseStartedMs) === 'alive';
}
