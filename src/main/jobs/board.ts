import type { JobState } from '@shared/domain/run';
import type { WritableDb } from '../db/handle';
import type { JobPatch, JobRecord } from '../db/jobs';
import { getJob, toJob, updateJob } from '../db/jobs';
import { getRun } from '../db/runs';
import type { EventHub } from '../events';
import type { Layout } from '../workspace/layout';
import type { OpenWorkspace } from '../workspace/open';
import { moveJob } from './moves';
import { whereStopped } from './where-stopped';

/** The jobs of one open workspace: every change is stored first and told to everybody then. */
export class JobBoard {
  readonly db: WritableDb;
  readonly layout: Layout;

  constructor(
    workspace: OpenWorkspace,
    readonly events: EventHub,
  ) {
    this.db = workspace.db;
    this.layout = workspace.layout;
  }

  get(id: number): JobRecord {
    return getJob(this.db, id);
  }

  /** @throws LabError `conflict` where the table of transitions does not allow it */
  move(id: number, to: JobState, patch: Omit<JobPatch, 'state'> = {}): JobRecord {
    const job = moveJob(this.db, id, to, patch);
    this.tell(job);
    return job;
  }

  note(id: number, note: string | null): void {
    if (this.get(id).note === note) return;
    updateJob(this.db, id, { note });
    this.tell(this.get(id));
  }

  tell(job: JobRecord): void {
    this.events.emit('job.changed', toJob(job));
    if (job.kind === 'train') this.tellRun(job.runId);
  }

  tellRun(runId: number): void {
    this.events.emit('run.changed', getRun(this.db, runId));
  }

  /** Where a job stands, for the end of a sentence. */
  where(job: JobRecord): string {
    return whereStopped(this.db, this.layout, job);
  }
}
