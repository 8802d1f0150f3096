import type { HostMessage, WorkerMessage } from '@shared/worker-protocol';

/** How a worker process ended. */
export interface WorkerExit {
  readonly code: number | null;
  readonly signal: string | null;
  /** Last lines it wrote to standard error, for "Copy details". */
  readonly stderr: string;
}

/** One running worker. Every message it sent arrives before its exit is told. */
export interface WorkerConnection {
  readonly pid: number | null;
  send(message: HostMessage): void;
  kill(): void;
}

export interface WorkerListeners {
  readonly message: (message: WorkerMessage) => void;
  /** Called exactly once, also where the process could not be started. */
  readonly exit: (exit: WorkerExit) => void;
}

/** Starts a worker: a child process, Electron's utility process, or a fake in a test. */
export type WorkerTransport = (listeners: WorkerListeners) => WorkerConnection;
