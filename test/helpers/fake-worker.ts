import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EngineInfo, EngineRung } from '../../src/shared/domain/catalogue';
import type { LabErrorData } from '../../src/shared/errors';
import type {
  BenchPayload,
  ControlAction,
  FitPayload,
  HostMessage,
  JobPayload,
  TrainPayload,
  TrialPayload,
  WorkerMessage,
} from '../../src/shared/worker-protocol';
import type {
  WorkerConnection,
  WorkerListeners,
  WorkerTransport,
} from '../../src/main/jobs/worker-transport';

import { fakeCatalogue } from './fake-catalogue';
import {
  attackRow,
  fakeScore,
  fakeTrial,
  stepMetric,
  weightsHash,
  writeFakeFit,
  writeFakeWeights,
} from './fake-results';

/**
 * A worker in memory that speaks the whole protocol and computes nothing: every number is a simple
 * function of step or image, so a test can say what must be stored. Training takes `trainer.epochs`
 * epochs of `stepsPerEpoch` steps and writes a checkpoint file after each.
 */
export interface FakeWorkerOptions {
  readonly stepsPerEpoch?: number;
  /** Time between two steps or images. */
  readonly stepMs?: number;
  /** Turns every message into what is sent instead; returning null drops it. */
  readonly alter?: (message: WorkerMessage) => WorkerMessage | null;
  readonly engineError?: LabErrorData;
  /** Stops answering anything once a job runs. */
  readonly deaf?: boolean;
}

export interface FakeWorker {
  readonly transport: WorkerTransport;
  /** Payload of every job started so far. */
  readonly started: { readonly jobId: number; readonly payload: JobPayload }[];
  /** Questions of the bench so far; each is answered by the first image's fake row. */
  readonly asked: { readonly requestId: number; readonly payload: BenchPayload }[];
  /** Requests of the bench that were cancelled. */
  readonly cancelled: number[];
  /** Number of worker processes started so far. */
  spawned: number;
  /** Ends the running worker as the system would. */
  die(code: number | null, signal: string | null): void;
}

export const fakeEngine: EngineInfo = {
  name: 'wasm',
  description: 'fake engine, computes nothing',
  versions: { fake: '1.0.0' },
  threads: 1,
  deterministic: true,
  selfTestMs: 1,
};
const ladder: EngineRung[] = [{ name: 'wasm', available: true, reason: 'fake' }];

export { fakeLoss, fakeScore } from './fake-results';

export function fakeWorker(options: FakeWorkerOptions = {}): FakeWorker {
  let current: Running | null = null;
  const fake: FakeWorker = {
    started: [],
    asked: [],
    cancelled: [],
    spawned: 0,
    transport: (listeners) => {
      fake.spawned += 1;
      current = new Running(listeners, options, fake);
      return current;
    },
    die: (code, signal) => current?.die(code, signal),
  };
  return fake;
}

class Running implements WorkerConnection {
  // A number no process can have, so that nothing is ever taken for the worker's process.
  readonly pid = 2 ** 22 + 1;
  #alive = true;
  #action: ControlAction | null = null;

  constructor(
    private readonly listeners: WorkerListeners,
    private readonly options: FakeWorkerOptions,
    private readonly fake: Pick<FakeWorker, 'started' | 'asked' | 'cancelled'>,
  ) {
    setImmediate(() => this.#say({ type: 'hello', pid: this.pid, catalogue: fakeCatalogue }));
  }

  send(message: HostMessage): void {
    setImmediate(() => this.#receive(message));
  }

  kill(): void {
    this.die(null, 'SIGKILL');
  }

  die(code: number | null, signal: string | null): void {
    if (!this.#alive) return;
    this.#alive = false;
    setImmediate(() => this.listeners.exit({ code, signal, stderr: 'fake' }));
  }

  #say(message: WorkerMessage): void {
    const altered = this.options.alter ? this.options.alter(message) : message;
    if (this.#alive && altered) this.listeners.message(altered);
  }

  #receive(message: HostMessage): void {
    if (!this.#alive) return;
    switch (message.type) {
      case 'load-engine':
        if (this.options.engineError) {
          this.#say({ type: 'engine-failed', error: this.options.engineError, ladder });
        } else this.#say({ type: 'engine', info: fakeEngine, ladder });
        return;
      case 'start':
        this.fake.started.push(message);
        this.#action = null;
        void this.#run(message.jobId, message.payload);
        return;
      case 'control':
        if (!this.options.deaf) this.#action = message.action;
        return;
      case 'inspect-weights':
        this.#inspect(message.requestId, message.path);
        return;
      case 'write-weights': {
        const file = writeFakeWeights(message.order);
        this.#say({ type: 'weights-written', requestId: message.requestId, file });
        return;
      }
      case 'bench':
        this.fake.asked.push(message);
        this.#bench(message.requestId, message.payload);
        return;
      case 'bench-cancel':
        this.fake.cancelled.push(message.requestId);
        return;
      case 'shutdown':
        this.die(0, null);
    }
  }

  /** A weight file is a text here: "weights <kind> <id>". Anything else is refused. */
  #inspect(requestId: number, path: string): void {
    const [, kind, id] = /^weights (\S+) (\S+)/.exec(readFileSync(path, 'utf8')) ?? [];
    if (kind === undefined || id === undefined) {
      const message = `${path} fits no model the lab knows`;
      const error: LabErrorData = { kind: 'unsupported', message, next: 'Choose another file.' };
      this.#say({ type: 'weights-refused', requestId, error });
      return;
    }
    const variant = id;
    const title = `${kind} ${id}`;
    const facts = { format: 'text', kind, id, variant, title, tensors: 2, values: 42, notes: [] };
    this.#say({ type: 'weights', requestId, facts });
  }

  /** One pixel, attacked by a fixed amount. */
  #bench(requestId: number, { image, scope }: BenchPayload): void {
    this.#say({ type: 'bench-phase', requestId, phase: 'attacking', done: 1 });
    const row = attackRow(image);
    const size = { width: 1, height: 1 };
    const result = {
      row,
      scope,
      views: 1,
      viewsInAll: 4,
      trace: [row.clean],
      ...size,
      computeMs: 1,
    };
    const clean = Uint8Array.of(10, 20, 30);
    const attacked = Float32Array.of(0.25, 0.5, 0.75);
    this.#say({ type: 'bench-answer', requestId, reply: { result, clean, attacked } });
  }

  async #run(jobId: number, payload: JobPayload): Promise<void> {
    this.#say({ type: 'started', jobId });
    if (!(await this.#work(jobId, payload))) this.#say({ type: 'stopped', jobId });
  }

  #work(jobId: number, payload: JobPayload): Promise<boolean> {
    if (payload.kind === 'train') return this.#train(jobId, payload);
    if (payload.kind === 'fit') return this.#fit(jobId, payload);
    if (payload.kind === 'trial') {
      this.#say({ type: 'done', jobId, train: null, trial: fakeTrial(payload) });
      return Promise.resolve(true);
    }
    return this.#batch(jobId, payload);
  }

  /** A step per image; the position and the result are texts. */
  async #fit(jobId: number, payload: FitPayload): Promise<boolean> {
    const { images, positionPath, resume } = payload;
    const total = images.length;
    const first = resume ? Number(readFileSync(positionPath, 'utf8')) : 0;
    for (let done = first + 1; done <= total; done++) {
      if (!(await this.#tick(jobId))) return false;
      writeFileSync(positionPath, String(done));
      const progress = { done, total, unit: 'steps', phase: 'fitting', leftMs: 0 };
      this.#say({ type: 'progress', jobId, progress });
    }
    rmSync(positionPath, { force: true });
    const fit = writeFakeFit(payload);
    this.#say({ type: 'done', jobId, train: null, fit });
    return true;
  }

  /** One step's time; false when the job is to stop now. */
  async #tick(jobId: number): Promise<boolean> {
    await new Promise((resolve) => setTimeout(resolve, this.options.stepMs ?? 0));
    if (!this.#alive) return new Promise(() => undefined);
    if (this.#action === 'pause') {
      this.#say({ type: 'paused', jobId });
      while (this.#lives() && this.#paused()) await new Promise((go) => setTimeout(go, 1));
      if (this.#resumed()) {
        this.#action = null;
        this.#say({ type: 'resumed', jobId });
      }
    }
    return this.#action !== 'stop';
  }

  #lives = (): boolean => this.#alive;
  #paused = (): boolean => this.#action === 'pause';
  #resumed = (): boolean => this.#action === 'resume';

  async #train(jobId: number, payload: TrainPayload): Promise<boolean> {
    const epochs = payload.imported ? 0 : Number(payload.trainer['epochs']);
    // The weights as they came are the checkpoint of an epoch that never was.
    if (payload.imported) this.#checkpoint(jobId, payload, 0, 0);
    const perEpoch = this.options.stepsPerEpoch ?? 4;
    const from = payload.resumeFrom ? Number(/epoch-(\d+)/.exec(payload.resumeFrom)?.[1]) : 0;
    let last = from;
    for (let epoch = from + 1; epoch <= epochs; epoch++) {
      for (let step = (epoch - 1) * perEpoch + 1; step <= epoch * perEpoch; step++) {
        if (!(await this.#tick(jobId))) return false;
        this.#say({ type: 'steps', jobId, steps: [stepMetric(step, epoch, payload)] });
        const phase = `training, epoch ${epoch} of ${epochs}`;
        const progress = { done: step, total: epochs * perEpoch, unit: 'steps', phase, leftMs: 0 };
        this.#say({ type: 'progress', jobId, progress });
      }
      last = epoch;
      this.#checkpoint(jobId, payload, epoch, epoch * perEpoch);
      if (this.#action === 'stop-after-epoch') break;
    }
    this.#say({
      type: 'done',
      jobId,
      train: {
        epochs: last,
        steps: last * perEpoch,
        selectedEpoch: last,
        selectedCheckpoint: checkpointPath(payload, last),
        weightsSha256: weightsHash(payload, last),
        parameterCount: 42,
        labScale: payload.imported ? { scale: 50, offset: 3 } : { scale: 100, offset: 0 },
        stoppedEarly: last < epochs,
      },
    });
    return true;
  }

  #checkpoint(jobId: number, payload: TrainPayload, epoch: number, step: number): void {
    if (epoch > 0) this.#epoch(jobId, epoch, step);
    const path = checkpointPath(payload, epoch);
    const text = weightsHash(payload, epoch);
    mkdirSync(payload.checkpointDir, { recursive: true });
    writeFileSync(path, text);
    const sizeBytes = text.length;
    const checkpoint = { path, epoch, step, sha256: text, sizeBytes, selected: true };
    this.#say({ type: 'checkpoint', jobId, checkpoint });
  }

  #epoch(jobId: number, epoch: number, step: number): void {
    const epochMetric = {
      epoch,
      step,
      validationSrocc: epoch / 16,
      validationRmse: null,
      trainMs: 1,
      dataWaitShare: 0,
    };
    this.#say({ type: 'epoch', jobId, epoch: epochMetric });
  }

  async #batch(
    jobId: number,
    payload: Exclude<JobPayload, TrainPayload | FitPayload | TrialPayload>,
  ): Promise<boolean> {
    for (const image of payload.images) {
      if (!(await this.#tick(jobId))) return false;
      switch (payload.kind) {
        case 'evaluate': {
          const rows = [{ imageId: image.id, score: fakeScore(image), views: 4 }];
          this.#say({ type: 'scores', jobId, rows });
          break;
        }
        case 'norms': {
          const rows = [
            { imageId: image.id, exact: 2, estimate: 2.5, relativeError: 0.25, views: 4 },
          ];
          this.#say({ type: 'norms', jobId, rows });
          break;
        }
        case 'attack':
          this.#say({ type: 'attacks', jobId, rows: [attackRow(image)], traces: [] });
      }
    }
    this.#say({ type: 'done', jobId, train: null });
    return true;
  }
}

function checkpointPath(payload: TrainPayload, epoch: number): string {
  return join(payload.checkpointDir, `epoch-${epoch}.safetensors`);
}
