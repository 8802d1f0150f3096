import type { Warning } from '@shared/domain/run';
import type { WorkerMessage } from '@shared/worker-protocol';
import { JobControl } from './job-control';

type OmitJob<M> = M extends { readonly jobId: number } ? Omit<M, 'jobId'> : never;
/** A message about a job, before it is addressed. */
export type JobMessage = OmitJob<WorkerMessage>;

/** The running job, as executors see it: what they say, and what they are asked. */
export class Job {
  readonly id: number;
  readonly control: JobControl;
  readonly #post: (message: WorkerMessage) => void;

  constructor(id: number, post: (message: WorkerMessage) => void) {
    this.id = id;
    this.#post = post;
    this.control = new JobControl((paused) => this.post({ type: paused ? 'paused' : 'resumed' }));
  }

  post(message: JobMessage): void {
    this.#post({ ...message, jobId: this.id });
  }

  warn(warning: Warning): void {
    this.post({ type: 'warning', warning });
  }
}
