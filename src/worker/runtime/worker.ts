import type { Catalogue, EngineName, EngineRung } from '@shared/domain/catalogue';
import type { WeightFacts } from '@shared/domain/weights';
import { LabError, assertNever } from '@shared/errors';
import type { HostMessage, JobPayload, TrainSummary } from '@shared/worker-protocol';
import type { LoadedEngine } from '../engine';
import { toFailure } from '../failure';
import { startHeartbeat } from './heartbeat';
import { Job } from './job';
import type { Port } from './port';

export interface WorkerParts {
  readonly catalogue: Catalogue;
  loadEngine(name?: EngineName): Promise<LoadedEngine>;
  /** Reads a weight file and says what it is. */
  inspectWeights(path: string): Promise<WeightFacts>;
  execute(payload: JobPayload, job: Job): Promise<TrainSummary | null>;
}

/**
 * Answers the host's messages: loads one engine, runs one job at a time, and says what becomes of
 * it in exactly one of `done`, `stopped` and `failed`.
 */
export class Worker {
  readonly #port: Port;
  readonly #parts: WorkerParts;
  #engine: Promise<boolean> | null = null;
  #job: Job | null = null;
  #running: Promise<void> = Promise.resolve();

  constructor(port: Port, parts: WorkerParts) {
    this.#port = port;
    this.#parts = parts;
    port.post({ type: 'hello', pid: process.pid, catalogue: parts.catalogue });
  }

  receive(message: HostMessage): void {
    switch (message.type) {
      case 'load-engine':
        this.#engine = this.#loadEngine(message.name);
        return;
      case 'start':
        this.#start(message.jobId, message.payload);
        return;
      case 'control':
        // A control that crosses the job's end concerns a job that is over.
        if (this.#job?.id === message.jobId) this.#job.control.request(message.action);
        return;
      case 'inspect-weights':
        void this.#inspectWeights(message.requestId, message.path);
        return;
      case 'shutdown':
        void this.#shutdown();
        return;
      default:
        assertNever(message, 'worker message');
    }
  }

  async #inspectWeights(requestId: number, path: string): Promise<void> {
    try {
      const facts = await this.#parts.inspectWeights(path);
      this.#port.post({ type: 'weights', requestId, facts });
    } catch (thrown) {
      this.#port.post({ type: 'weights-refused', requestId, error: toFailure(thrown) });
    }
  }

  #start(jobId: number, payload: JobPayload): void {
    if (this.#job) {
      const error = new LabError({
        kind: 'conflict',
        message: `job ${jobId} cannot start while job ${this.#job.id} runs`,
        safe: 'The running job goes on.',
        next: 'Start it again when the other is over.',
      });
      this.#port.post({ type: 'failed', jobId, error: error.toData() });
      return;
    }
    const job = new Job(jobId, (message) => this.#port.post(message));
    this.#job = job;
    this.#running = this.#run(job, payload).finally(() => {
      this.#job = null;
    });
  }

  async #run(job: Job, payload: JobPayload): Promise<void> {
    const stopHeartbeat = startHeartbeat((memoryBytes) =>
      this.#port.post({ type: 'alive', memoryBytes }),
    );
    try {
      this.#engine ??= this.#loadEngine(null);
      if (!(await this.#engine)) throw noEngine();
      job.post({ type: 'started' });
      await job.control.checkpoint();
      const train = await this.#parts.execute(payload, job);
      job.post({ type: 'done', train });
    } catch (thrown) {
      const error = toFailure(thrown);
      if (error.kind === 'cancelled' && job.control.stopping) job.post({ type: 'stopped' });
      else job.post({ type: 'failed', error });
    } finally {
      stopHeartbeat();
    }
  }

  /** @returns whether there is an engine; the host is told either way */
  async #loadEngine(name: EngineName | null): Promise<boolean> {
    try {
      const { info, ladder } = await this.#parts.loadEngine(name ?? undefined);
      this.#port.post({ type: 'engine', info, ladder });
      return true;
    } catch (thrown) {
      const error = toFailure(thrown);
      const ladder = (error.details?.['ladder'] ?? []) as EngineRung[];
      this.#port.post({ type: 'engine-failed', error, ladder });
      return false;
    }
  }

  /** Stops the running job as a person would, lets it report, and ends the process. */
  async #shutdown(): Promise<void> {
    this.#job?.control.request('stop');
    await this.#running;
    this.#port.close();
  }
}

function noEngine(): LabError {
  return new LabError({
    kind: 'engine',
    message: 'the job needs a compute engine, and none could be loaded',
    safe: 'Nothing was started.',
    next: 'See the Engine page for the reasons, and choose another engine.',
  });
}
