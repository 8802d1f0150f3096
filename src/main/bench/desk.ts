import type { BenchAnswer, BenchAsk, BenchPhase } from '@shared/domain/bench';
import type { EngineName } from '@shared/domain/catalogue';
import { LabError, must } from '@shared/errors';
import type { BenchPayload } from '@shared/worker-protocol';
import type { EventHub } from '../events';
import type { WorkerHost } from '../jobs/worker-host';
import type { Media } from '../media';
import { PixelShelf } from './pixel-shelf';

export interface BenchDeskOptions {
  /** A worker of the bench's own: jobs go on in theirs, and neither waits for the other. */
  readonly worker: WorkerHost;
  readonly events: EventHub;
  /** How long the worker is kept without a question, in milliseconds. */
  readonly idleMs?: number;
}

/** Long enough to think about a picture; the models in memory are given back after it. */
const defaultIdleMs = 5 * 60_000;
const graceMs = 3000;

/**
 * Answers the bench: one question per window at a time, the newest. The worker is started with the
 * first question, keeps its models and pictures open between questions, and ends when nobody asks.
 */
export class BenchDesk {
  readonly #options: BenchDeskOptions;
  readonly #shelf = new PixelShelf();
  readonly #asked = new Map<string, AbortController>();
  #answers = 0;
  #idle: NodeJS.Timeout | null = null;
  /** Settles when a worker that was told to end has gone. */
  #ending: Promise<void> = Promise.resolve();

  constructor(options: BenchDeskOptions) {
    this.#options = options;
  }

  /**
   * @param prepare makes the payload; run at once, so that a refusal names what is wrong before
   *   anything is started
   * @throws LabError `cancelled` when the same window asks again or stops
   */
  async ask(
    { window, scope, imageId, runId }: BenchAsk,
    prepare: () => BenchPayload,
  ): Promise<BenchAnswer> {
    this.stop(window);
    const payload = prepare();
    const own = new AbortController();
    this.#asked.set(window, own);
    if (this.#idle) clearTimeout(this.#idle);
    const { worker, events } = this.#options;
    const tell = (phase: BenchPhase, done = 0): void =>
      events.emit('bench.phase', { window, phase, done });
    try {
      await this.#ending;
      own.signal.throwIfAborted();
      if (!worker.engineState.current) tell('starting');
      const reply = await worker.bench(payload, own.signal, ({ phase, done }) => tell(phase, done));
      const { width, height } = reply.result;
      const number = ++this.#answers;
      const cleanId = `clean-${runId}-${imageId}-${width}x${height}`;
      const attackedId = `attacked-${number}-${runId}-${scope}`;
      this.#shelf.put(cleanId, reply.clean);
      this.#shelf.put(attackedId, reply.attacked);
      const engine = must(worker.engineState.current, 'a worker that answered has an engine').name;
      return { ...reply.result, cleanId, attackedId, engine };
    } finally {
      if (this.#asked.get(window) === own) this.#asked.delete(window);
      if (this.#asked.size === 0) this.#rest();
    }
  }

  /** Cancels what a window waits for. */
  stop(window: string): void {
    this.#asked.get(window)?.abort(cancelled());
    this.#asked.delete(window);
  }

  /** Pixels of an answer; null once newer ones have taken their place. */
  media(id: string): Media | null {
    const buffer = this.#shelf.get(id);
    return buffer && { buffer, contentType: 'application/octet-stream' };
  }

  /** The person chose another engine: the next question is answered on it. */
  useEngine(name: EngineName | null): void {
    this.#options.worker.prefer(name);
    void this.close();
  }

  /** Another workspace: nothing of this one is kept. */
  clear(): void {
    for (const window of [...this.#asked.keys()]) this.stop(window);
    this.#shelf.clear();
    void this.close();
  }

  /** Ends the worker; returns when it is gone. */
  close(): Promise<void> {
    for (const window of [...this.#asked.keys()]) this.stop(window);
    return this.#end();
  }

  #rest(): void {
    if (this.#idle) clearTimeout(this.#idle);
    this.#idle = setTimeout(() => void this.#end(), this.#options.idleMs ?? defaultIdleMs);
    this.#idle.unref();
  }

  #end(): Promise<void> {
    if (this.#idle) clearTimeout(this.#idle);
    this.#idle = null;
    return (this.#ending = this.#options.worker.shutdown(graceMs));
  }
}

function cancelled(): LabError {
  return new LabError({
    kind: 'cancelled',
    message: 'a newer setting took the place of this one',
    safe: 'Nothing was stored.',
  });
}
