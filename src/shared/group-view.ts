import type { JobGroup } from './domain/group';
import type { Job, JobState } from './domain/run';

/** How far a group is, made from its jobs alone: nothing about it is stored twice. */
export interface GroupView {
  readonly state: JobState;
  /** Jobs of the group that are known, in its order. */
  readonly jobs: readonly Job[];
  readonly jobsDone: number;
  readonly done: number;
  readonly total: number;
  /** The job the worker has in hand: running, or paused while it holds the worker. */
  readonly current: Job | null;
  /** Null while nothing of the group has been timed. */
  readonly leftMs: number | null;
}

/** A group goes on as long as one of its jobs does; else the state that most needs a person counts. */
const order: readonly JobState[] = [
  'running',
  'queued',
  'paused',
  'interrupted',
  'failed',
  'cancelled',
  'done',
];

/** @param jobOf the newest state of a job; undefined where its run was deleted */
export function groupView(
  { members, unit }: JobGroup,
  jobOf: (id: number) => Job | undefined,
): GroupView {
  const cells = members.flatMap(({ jobId, units }) => {
    const job = jobOf(jobId);
    return job ? [{ job, units, done: unitsDone(job, unit, units) }] : [];
  });
  const jobs = cells.map(({ job }) => job);
  const states = new Set(jobs.map(({ state }) => state));
  // A paused job holds the worker: whatever waits behind it is paused with it.
  const held = states.has('paused') && !states.has('running');
  return {
    state: held ? 'paused' : (order.find((state) => states.has(state)) ?? 'done'),
    jobs,
    jobsDone: jobs.filter(({ state }) => state === 'done').length,
    done: cells.reduce((sum, { done }) => sum + done, 0),
    total: cells.reduce((sum, { units }) => sum + units, 0),
    current: jobs.find(({ state }) => state === 'running') ?? null,
    leftMs: left(cells),
  };
}

interface Cell {
  readonly job: Job;
  readonly units: number;
  readonly done: number;
}

/**
 * Progress in another unit (files being opened) is not yet work done. In a group that counts whole
 * jobs, one under way counts by its share.
 */
function unitsDone({ state, kind, progress }: Job, unit: string, units: number): number {
  if (state === 'done') return units;
  if (!progress) return 0;
  if (progress.unit === unit) return Math.min(progress.done, units);
  const work = kind === 'train' || kind === 'fit' ? 'steps' : 'images';
  if (unit !== 'jobs' || progress.unit !== work || progress.total === 0) return 0;
  return Math.min(1, progress.done / progress.total) * units;
}

/**
 * Time left at the pace of jobs that do the same kind of work, else at that of all: what has never
 * been timed in this group is a guess until its first job is through.
 */
function left(cells: readonly Cell[]): number | null {
  const paces = cells.flatMap(({ job, units, done }) => {
    const pace = paceOf(job, units, done);
    return pace === null ? [] : [{ kind: kindOf(job), pace }];
  });
  if (paces.length === 0) return null;
  return cells.reduce((sum, { job, units, done }) => {
    if (done >= units || job.state === 'done') return sum;
    if (job.state === 'running' && job.progress?.leftMs != null) return sum + job.progress.leftMs;
    const own = paces.filter(({ kind }) => kind === kindOf(job));
    return sum + mean((own.length > 0 ? own : paces).map(({ pace }) => pace)) * (units - done);
  }, 0);
}

/** Milliseconds per unit of a job that is through or well under way. */
function paceOf(
  { state, startedAtMs, endedAtMs, progress }: Job,
  units: number,
  done: number,
): number | null {
  if (state === 'done' && startedAtMs !== null && endedAtMs !== null && units > 0) {
    return (endedAtMs - startedAtMs) / units;
  }
  if (progress?.leftMs == null || units <= done) return null;
  return progress.leftMs / (units - done);
}

function kindOf({ spec }: Job): string {
  return spec.kind === 'attack' ? `attack ${spec.attackId}` : spec.kind;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
