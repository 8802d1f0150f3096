import type { EngineInfo, EngineRung } from '@shared/domain/catalogue';
import type { LabErrorData } from '@shared/errors';
import type { WorkerMessage } from '@shared/worker-protocol';

/** Messages about a job; the rest of the protocol is settled in here. */
export type JobMessage = Extract<WorkerMessage, { readonly jobId: number }>;

export interface EngineState {
  readonly current: EngineInfo | null;
  readonly ladder: readonly EngineRung[];
  readonly error: LabErrorData | null;
}

export interface WorkerHostEvents {
  job(message: JobMessage): void;
  /** Any sign of life. */
  alive(): void;
  engine(state: EngineState): void;
  /** The worker ended, asked for or not; everything it said has been passed on. */
  exit(error: LabErrorData): void;
}
