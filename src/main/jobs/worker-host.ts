import type { Catalogue, EngineInfo, EngineName } from '@shared/domain/catalogue';
import type { WeightFacts } from '@shared/domain/weights';
import { LabError } from '@shared/errors';
import type {
  BenchPayload,
  BenchReply,
  ControlAction,
  JobPayload,
  WorkerMessage,
  WriteWeights,
  WrittenWeights,
} from '@shared/worker-protocol';
import { BenchQuestions, type BenchPhaseMessage } from './bench-questions';
import { deferred } from './deferred';
import { Expectation } from './expectation';
import { FileAnswers } from './file-answers';
import type { WorkerConnection, WorkerExit, WorkerTransport } from './worker-transport';
import { describeExit } from './worker-exit';
import type { EngineState, WorkerHostEvents } from './worker-host-events';

export interface WorkerHostOptions {
  readonly transport: WorkerTransport;
  /** Engine to load; null for the best one. */
  readonly engine?: EngineName | null;
  readonly helloTimeoutMs?: number;
  readonly engineTimeoutMs?: number;
}

interface Running {
  readonly connection: WorkerConnection;
  readonly hello: Expectation<Catalogue>;
  readonly ended: Promise<undefined>;
  engine: Expectation<EngineInfo> | null;
  /** Weight files being read, by request. */
  readonly inspections: FileAnswers<WeightFacts>;
  /** Weight files being written, by request. */
  readonly writings: FileAnswers<WrittenWeights>;
  readonly questions: BenchQuestions;
}

/**
 * Owns the worker process: starts it when something needs it, loads an engine when a job does, and
 * tells what happens. Each request is settled by exactly one of reply, error, exit or timeout.
 */
export class WorkerHost {
  readonly #options: WorkerHostOptions;
  #events: WorkerHostEvents | null = null;
  #running: Running | null = null;
  #catalogue: Catalogue | null = null;
  #wanted: EngineName | null;
  /** Settles when the choice of an engine that is under way is over. */
  #selecting: Promise<void> = Promise.resolve();
  #requests = 0;
  #engine: EngineState = { current: null, ladder: [], error: null };

  constructor(options: WorkerHostOptions) {
    this.#options = options;
    this.#wanted = options.engine ?? null;
  }

  /** Where messages go; set once by the lab. */
  listen(events: WorkerHostEvents): void {
    this.#events = events;
  }

  get engineState(): EngineState {
    return this.#engine;
  }

  /** Process number of the running worker, for a job's lease. */
  get pid(): number | null {
    return this.#running?.connection.pid ?? null;
  }

  /**
   * Models, attacks and their settings; starts the worker the first time and loads no engine.
   * @throws LabError `worker-died` where it cannot be started
   */
  async catalogue(): Promise<Catalogue> {
    this.#catalogue ??= await this.#start().hello.promise;
    return this.#catalogue;
  }

  /**
   * The loaded engine, loading it first where necessary.
   * @throws LabError `engine` or `worker-died`
   */
  async ready(): Promise<EngineInfo> {
    await this.#selecting;
    return this.#load();
  }

  /**
   * Changes the engine; one worker process loads one engine, so another one needs a new process. A
   * choice that fails leaves the one before in force. Call it only while no job runs.
   */
  async select(name: EngineName | null): Promise<EngineInfo> {
    const before = this.#wanted;
    const selected = this.#change(name).catch(async (thrown: unknown) => {
      this.#wanted = before;
      await this.shutdown(5000);
      throw thrown;
    });
    this.#selecting = selected.then(nothing, nothing);
    return selected;
  }

  /** The engine to load the next time the worker is started. */
  prefer(name: EngineName | null): void {
    this.#wanted = name;
  }

  async #change(name: EngineName | null): Promise<EngineInfo> {
    await this.#selecting;
    this.#wanted = name;
    if (this.#running?.engine && this.#engine.current?.name !== name) await this.shutdown(5000);
    return this.#load();
  }

  async #load(): Promise<EngineInfo> {
    const worker = this.#start();
    await worker.hello.promise;
    if (!worker.engine) {
      worker.engine = new Expectation<EngineInfo>(this.#options.engineTimeoutMs ?? 300_000, () => {
        worker.connection.kill();
        return new LabError({
          kind: 'engine',
          message: 'the compute engine did not answer while it was being loaded',
          safe: 'Everything stored so far is kept.',
          next: 'Choose another engine on the Engine page, then start again.',
        });
      });
      worker.connection.send({ type: 'load-engine', name: this.#wanted });
    }
    return worker.engine.promise;
  }

  /**
   * What a weight file is. Needs no engine; a running job is not disturbed.
   * @throws LabError saying why it is nothing the lab knows, or `worker-died`
   */
  async inspectWeights(path: string): Promise<WeightFacts> {
    const worker = await this.#started();
    const requestId = ++this.#requests;
    const answer = worker.inspections.expect(requestId, path, 'Nothing was added.');
    worker.connection.send({ type: 'inspect-weights', requestId, path });
    return answer;
  }

  /**
   * Attacks one picture; for a worker that runs no jobs.
   * @param signal aborting it frees the caller at once and the worker at its next look at the model
   * @param tell receives what the worker is doing
   * @throws LabError `cancelled`, or why it could not be done
   */
  async bench(
    payload: BenchPayload,
    signal: AbortSignal,
    tell: (message: BenchPhaseMessage) => void,
  ): Promise<BenchReply> {
    await this.ready();
    signal.throwIfAborted();
    const worker = this.#start();
    return worker.questions.ask(worker.connection, ++this.#requests, payload, signal, tell);
  }

  /**
   * Writes the weights of a checkpoint as a file of another kind; disturbs no running job either.
   * @throws LabError as the worker says, or `worker-died`
   */
  async writeWeights(order: WriteWeights): Promise<WrittenWeights> {
    const worker = await this.#started();
    const requestId = ++this.#requests;
    const answer = worker.writings.expect(requestId, order.path, 'The run is as it was.');
    worker.connection.send({ type: 'write-weights', requestId, order });
    return answer;
  }

  async #started(): Promise<Running> {
    const worker = this.#start();
    await worker.hello.promise;
    return worker;
  }

  startJob(jobId: number, payload: JobPayload): void {
    this.#running?.connection.send({ type: 'start', jobId, payload });
  }

  control(jobId: number, action: ControlAction): void {
    this.#running?.connection.send({ type: 'control', jobId, action });
  }

  kill(): void {
    this.#running?.connection.kill();
  }

  /** Asks the worker to end, kills it after `graceMs`, and returns when it is gone. */
  async shutdown(graceMs: number): Promise<void> {
    const worker = this.#running;
    if (!worker) return;
    worker.connection.send({ type: 'shutdown' });
    const timer = setTimeout(() => worker.connection.kill(), graceMs);
    await worker.ended;
    clearTimeout(timer);
  }

  #start(): Running {
    if (this.#running) return this.#running;
    const gone = deferred<undefined>();
    const hello = new Expectation<Catalogue>(this.#options.helloTimeoutMs ?? 60_000, () => {
      connection.kill();
      return new LabError({
        kind: 'worker-died',
        message: 'the compute process did not answer after it was started',
        safe: 'Everything stored so far is kept.',
        next: 'Try again; the computer may be very busy.',
      });
    });
    const connection = this.#options.transport({
      message: (message) => this.#receive(message),
      exit: (exit) => {
        this.#ended(exit);
        gone.resolve(undefined);
      },
    });
    this.#running = {
      connection,
      hello,
      ended: gone.promise,
      engine: null,
      inspections: new FileAnswers(),
      writings: new FileAnswers(),
      questions: new BenchQuestions(),
    };
    return this.#running;
  }

  #receive(message: WorkerMessage): void {
    this.#events?.alive();
    switch (message.type) {
      case 'hello':
        this.#running?.hello.resolve(message.catalogue);
        return;
      case 'engine':
        this.#setEngine({ current: message.info, ladder: message.ladder, error: null });
        this.#running?.engine?.resolve(message.info);
        return;
      case 'engine-failed':
        this.#setEngine({ current: null, ladder: message.ladder, error: message.error });
        this.#running?.engine?.reject(new LabError(message.error));
        // The next request may try again, perhaps with another engine.
        if (this.#running) this.#running.engine = null;
        return;
      case 'alive':
        return;
      case 'weights':
        this.#running?.inspections.resolve(message.requestId, message.facts);
        return;
      case 'weights-written':
        this.#running?.writings.resolve(message.requestId, message.file);
        return;
      case 'weights-refused': {
        const error = new LabError(message.error);
        this.#running?.inspections.reject(message.requestId, error);
        this.#running?.writings.reject(message.requestId, error);
        return;
      }
      case 'bench-phase':
      case 'bench-answer':
      case 'bench-refused':
        this.#running?.questions.take(message);
        return;
      default:
        this.#events?.job(message);
    }
  }

  #ended(exit: WorkerExit): void {
    const worker = this.#running;
    this.#running = null;
    const error = describeExit(exit);
    worker?.hello.reject(new LabError(error));
    worker?.engine?.reject(new LabError(error));
    worker?.inspections.rejectAll(new LabError(error));
    worker?.writings.rejectAll(new LabError(error));
    worker?.questions.rejectAll(new LabError(error));
    if (this.#engine.current) this.#setEngine({ ...this.#engine, current: null });
    this.#events?.exit(error);
  }

  #setEngine(state: EngineState): void {
    this.#engine = state;
    this.#events?.engine(state);
  }
}

const nothing = (): void => undefined;
