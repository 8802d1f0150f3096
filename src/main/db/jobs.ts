import type { EngineName } from '@shared/domain/catalogue';
import type { Job, JobProgress, JobSpec, JobState } from '@shared/domain/run';
import type { LabErrorData } from '@shared/errors';
import { LabError } from '@shared/errors';
import type { ReadableDb, SqlValue, WritableDb } from './handle';
import { fromJson } from './handle';

/** A stored job: what the contract shows and what only the host needs. */
export interface JobRecord extends Job {
  readonly label: string | null;
  readonly access: 'white-box' | 'black-box' | null;
  readonly leasePid: number | null;
  readonly leaseStartedMs: number | null;
  readonly heartbeatMs: number | null;
}

interface JobRow {
  readonly id: number;
  readonly kind: Job['kind'];
  readonly run_id: number;
  readonly spec: string;
  readonly action: string;
  readonly label: string | null;
  readonly access: JobRecord['access'];
  readonly state: JobState;
  readonly note: string | null;
  readonly error: string | null;
  readonly progress: string | null;
  readonly engine: EngineName | null;
  readonly lease_pid: number | null;
  readonly lease_started_ms: number | null;
  readonly heartbeat_ms: number | null;
  readonly created_at_ms: number;
  readonly started_at_ms: number | null;
  readonly ended_at_ms: number | null;
  readonly run_name: string;
  readonly dataset_name: string;
}

const select = `
  SELECT j.*, r.name AS run_name, d.name AS dataset_name
  FROM jobs j JOIN runs r ON r.id = j.run_id JOIN datasets d ON d.id = r.dataset_id`;

function toRecord(row: JobRow): JobRecord {
  return {
    id: row.id,
    kind: row.kind,
    spec: fromJson<JobSpec>(row.spec),
    runId: row.run_id,
    title:
      row.kind === 'train'
        ? `${row.run_name} on ${row.dataset_name}`
        : `${row.action} on ${row.run_name}`,
    state: row.state,
    note: row.note,
    progress: row.progress === null ? null : fromJson<JobProgress>(row.progress),
    error: row.error === null ? null : fromJson<LabErrorData & Job['error']>(row.error),
    engine: row.engine,
    createdAtMs: row.created_at_ms,
    startedAtMs: row.started_at_ms,
    endedAtMs: row.ended_at_ms,
    label: row.label,
    access: row.access,
    leasePid: row.lease_pid,
    leaseStartedMs: row.lease_started_ms,
    heartbeatMs: row.heartbeat_ms,
  };
}

/** The part of a record that the contract shows. */
export function toJob(record: JobRecord): Job {
  const { id, kind, spec, runId, title, state, note, progress, error, engine } = record;
  const { createdAtMs, startedAtMs, endedAtMs } = record;
  const times = { createdAtMs, startedAtMs, endedAtMs };
  return { id, kind, spec, runId, title, state, note, progress, error, engine, ...times };
}

/** @throws LabError `not-found` */
export function getJob(db: ReadableDb, id: number): JobRecord {
  const row = db.get<JobRow>(`${select} WHERE j.id = @id`, { id });
  if (row) return toRecord(row);
  throw new LabError({
    kind: 'not-found',
    message: `there is no job ${id} in this workspace`,
    next: 'Reload the list.',
  });
}

/** Jobs of runs that are not in the bin: first the queue in its order, then the rest, newest first. */
export function listJobs(db: ReadableDb): JobRecord[] {
  return db
    .all<JobRow>(
      `${select} WHERE r.deleted_at_ms IS NULL
       ORDER BY (j.state NOT IN ('queued', 'running', 'paused')),
         CASE WHEN j.state IN ('queued', 'running', 'paused') THEN j.position ELSE -j.id END`,
    )
    .map(toRecord);
}

export function listJobsOfRun(db: ReadableDb, runId: number): JobRecord[] {
  return db.all<JobRow>(`${select} WHERE j.run_id = @runId ORDER BY j.id`, { runId }).map(toRecord);
}

export function listJobsInState(db: ReadableDb, ...states: JobState[]): JobRecord[] {
  return states
    .flatMap((state) =>
      db.all<JobRow & { position: number }>(`${select} WHERE j.state = @state`, { state }),
    )
    .sort((a, b) => a.position - b.position)
    .map(toRecord);
}

export interface NewJob {
  readonly spec: JobSpec;
  /** "FGSM", "Gradient norms": the title is this and the run's name. */
  readonly action: string;
  readonly label?: string;
  readonly access?: 'white-box' | 'black-box';
  readonly createdAtMs: number;
}

/** Appends a queued job and returns its id. */
export function insertJob(db: WritableDb, job: NewJob): number {
  return db.run(
    `INSERT INTO jobs (kind, run_id, spec, action, label, access, state, position, created_at_ms)
     VALUES (@kind, @runId, @spec, @action, @label, @access, 'queued',
       (SELECT coalesce(max(position), 0) + 1 FROM jobs), @createdAtMs)`,
    {
      kind: job.spec.kind,
      runId: job.spec.runId,
      spec: JSON.stringify(job.spec),
      action: job.action,
      label: job.label ?? null,
      access: job.access ?? null,
      createdAtMs: job.createdAtMs,
    },
  ).id;
}

/** Columns of a job that change while it lives; anything left out stays as it is. */
export interface JobPatch {
  readonly state?: JobState;
  readonly note?: string | null;
  readonly error?: LabErrorData | null;
  readonly progress?: JobProgress | null;
  readonly engine?: EngineName | null;
  readonly lease?: { readonly pid: number; readonly startedMs: number | null } | null;
  readonly heartbeatMs?: number | null;
  readonly startedAtMs?: number | null;
  readonly endedAtMs?: number | null;
}

export function updateJob(db: WritableDb, id: number, patch: JobPatch): void {
  const columns: Record<string, SqlValue> = {};
  const json = (value: object | null): string | null => (value ? JSON.stringify(value) : null);
  if (patch.state !== undefined) columns['state'] = patch.state;
  if (patch.note !== undefined) columns['note'] = patch.note;
  if (patch.error !== undefined) columns['error'] = json(patch.error);
  if (patch.progress !== undefined) columns['progress'] = json(patch.progress);
  if (patch.engine !== undefined) columns['engine'] = patch.engine;
  if (patch.lease !== undefined) {
    columns['lease_pid'] = patch.lease?.pid ?? null;
    columns['lease_started_ms'] = patch.lease?.startedMs ?? null;
  }
  if (patch.heartbeatMs !== undefined) columns['heartbeat_ms'] = patch.heartbeatMs;
  if (patch.startedAtMs !== undefined) columns['started_at_ms'] = patch.startedAtMs;
  if (patch.endedAtMs !== undefined) columns['ended_at_ms'] = patch.endedAtMs;
  const assignments = Object.keys(columns).map((column) => `${column} = @${column}`);
  if (assignments.length === 0) return;
  db.run(`UPDATE jobs SET ${assignments.join(', ')} WHERE id = @id`, { ...columns, id });
}

/** Puts a job directly before another, or last; positions are renumbered from 1. */
export function moveJobBefore(db: WritableDb, id: number, before: number | null): void {
  db.transaction(() => {
    const order = db
      .all<{ id: number }>('SELECT id FROM jobs ORDER BY position, id')
      .map((row) => row.id)
      .filter((other) => other !== id);
    const at = before === null ? -1 : order.indexOf(before);
    order.splice(at < 0 ? order.length : at, 0, id);
    order.forEach((jobId, index) =>
      db.run('UPDATE jobs SET position = @position WHERE id = @jobId', {
        position: index + 1,
        jobId,
      }),
    );
  });
}
