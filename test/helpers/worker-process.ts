import { fork, type ChildProcess } from 'node:child_process';
import type {
  ControlAction,
  HostMessage,
  JobPayload,
  WorkerMessage,
} from '../../src/shared/worker-protocol';

type Of<T extends WorkerMessage['type']> = Extract<WorkerMessage, { type: T }>;

/** The real worker in a process of its own, as the host runs it, with all it says kept. */
export class WorkerProcess {
  readonly said: WorkerMessage[] = [];
  readonly exited: Promise<void>;
  readonly #child: ChildProcess;
  readonly #listeners = new Set<() => void>();
  #stderr = '';
  #gone = false;
  #cut = false;
  #nextJob = 1;

  constructor(entry: string) {
    this.#child = fork(entry, [], {
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      execArgv: [],
    });
    this.#child.stderr?.on('data', (text: Buffer) => (this.#stderr += text.toString()));
    this.#child.on('message', (message) => {
      this.said.push(message as WorkerMessage);
      this.#tell();
    });
    this.exited = new Promise((resolve) => {
      const end = (): void => {
        this.#gone = true;
        this.#tell();
        resolve();
      };
      // `close` comes after the last message; Node never emits it once the line has been cut.
      this.#child.on('close', end);
      this.#child.on('exit', () => {
        if (this.#cut) end();
      });
    });
  }

  send(message: HostMessage): void {
    this.#child.send(message);
  }

  /** @returns the job's number */
  start(payload: JobPayload): number {
    const jobId = this.#nextJob++;
    this.send({ type: 'start', jobId, payload });
    return jobId;
  }

  control(jobId: number, action: ControlAction): void {
    this.send({ type: 'control', jobId, action });
  }

  /** Everything of one type that was said about a job. */
  of<T extends WorkerMessage['type']>(type: T, jobId?: number): Of<T>[] {
    return this.said.filter(
      (message): message is Of<T> =>
        message.type === type &&
        (jobId === undefined || ('jobId' in message && message.jobId === jobId)),
    );
  }

  /** The `count`-th message of a type; fails when the process ends or the job fails instead. */
  async until<T extends WorkerMessage['type']>(type: T, jobId?: number, count = 1): Promise<Of<T>> {
    for (;;) {
      const found = this.of(type, jobId)[count - 1];
      if (found) return found;
      const [failed] = this.of('failed', jobId);
      if (failed) throw new Error(`the job failed: ${JSON.stringify(failed.error)}`);
      if (this.#gone) throw new Error(`the worker ended before "${type}": ${this.#stderr}`);
      await new Promise<void>((resolve) => {
        this.#listeners.add(resolve);
      });
    }
  }

  /** As a crash or the kernel's memory killer would end it. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.exited;
  }

  /** As the death of the host would look to the worker. */
  disconnect(): void {
    this.#cut = true;
    this.#child.disconnect();
  }

  async shutdown(): Promise<void> {
    if (!this.#gone) this.send({ type: 'shutdown' });
    await this.exited;
  }

  #tell(): void {
    const waiting = [...this.#listeners];
    this.#listeners.clear();
    for (const resume of waiting) resume();
  }
}
