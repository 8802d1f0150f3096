import type { Catalogue, EngineName, EngineRung } from '@shared/domain/catalogue';
import type { WeightFacts } from '@shared/domain/weights';
import { LabError, assertNever } from '@shared/errors';
import type {
  BenchPayload,
  BenchReply,
  HostMessage,
  JobPayload,
  WriteWeights,
  WrittenWeights,
} from '@shared/worker-protocol';
import type { LoadedEngine } from '../engine';
import { toFailure } from '../failure';
import { BenchQueue, type BenchTicket } from './bench/queue';
import { startHeartbeat } from './heartbeat';
import type { JobResult } from './execute';
import { Job } from './job';
import type { Port } from './port';

export interface WorkerParts {
  readonly catalogue: Catalogue;
  loadEngine(name?: EngineName): Promise<LoadedEngine>;
  /** Reads a weight file and says what it is. */
  inspectWeights(path: string): Promise<WeightFacts>;
  /** Writes the weights of a checkpoint for other programs. */
  writeWeights(order: WriteWeights): Promise<WrittenWeights>;
  execute(payload: JobPayload, job: Job): Promise<JobResult>;
  /** Attacks one picture for the bench. */
  bench(payload: BenchPayload, ticket: BenchTicket): Promise<BenchReply>;
}

/**
 * Answers the host's messages: loads one engine, runs one job at a time, and says what becomes of
 * it in exactly one of `done`, `stopped` and `failed`.
 */
export class Worker {
  readonly #port: Port;
  readonly #parts: WorkerParts;
  readonly #bench: BenchQueue;
  #engine: Promise<boolean> | null = null;
  #job: Job | null = null;
  #running: Promise<void> = Promise.resolve();

  constructor(port: Port, parts: WorkerParts) {
    this.#port = port;
    this.#parts = parts;
    this.#bench = new BenchQueue(
      (message) => port.post(message),
      (payload, ticket) => this.#answer(payload, ticket),
    );
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
      case 'bench':
        this.#bench.ask(message.requestId, message.payload);
        return;
      case 'bench-cancel':
        this.#bench.cancel(message.requestId);
        return;
      case 'write-weights':
        void this.#writeWeights(message.requestId, message.order);
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

  async #writeWeights(requestId: number, order: WriteWeights): Promise<void> {
    try {
      const file = await this.#parts.writeWeights(order);
      this.#port.post({ type: 'weights-written', requestId, file });
    } catch (thrown) {
      this.#port.post({ type: 'weights-refused', requestId, error: toFailure(thrown) });
    }
  }

  /** A job's tensors and the bench's must not be told apart by who made them last. */
  async #answer(payload: BenchPayload, ticket: BenchTicket): Promise<BenchReply> {
    if (this.#job) throw busy(`the bench cannot attack while job ${this.#job.id} runs here`);
    this.#engine ??= this.#loadEngine(null);
    if (!(await this.#engine)) throw noEngine();
    return await this.#parts.bench(payload, ticket);
  }

  #start(jobId: number, payload: JobPayload): void {
    if (this.#job || !this.#bench.idle) {
      const what = this.#job ? `job ${this.#job.id} runs` : 'the bench computes here';
      const error = busy(`job ${jobId} cannot start while ${what}`);
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
      const { train = null, ...others } = await this.#parts.execute(payload, job);
      job.post({ type: 'done', train, ...others });
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
    await Promise.all([this.#running, this.#bench.close()]);
    this.#port.close();
  }
}

function busy(message: string): LabError {
  return new LabError({
    kind: 'conflict',
    message,
    safe: 'What runs goes on.',
    next: 'Start it again when the other is over.',
  });
}

function noEngine(): LabError {
  return new LabError({
    kind: 'engine',
    message: 'this needs a compute engine, and none could be loaded',
    safe: 'Nothing was started.',
    next: 'See the Engine page for the reasons, and choose another engine.',
  });
}
