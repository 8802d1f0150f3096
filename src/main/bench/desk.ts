import type { BenchAnswer, BenchAsk, BenchPhase, BenchResult } from '@shared/domain/bench';
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

/** An answer whose pixels are still held. */
export interface Kept {
  readonly ask: BenchAsk;
  readonly result: BenchResult;
  /** `[height, width, 3]` uint8. */
  readonly clean: Uint8Array;
  /** The attacked picture as saved, likewise. */
  readonly saved: Uint8Array;
}

/** Answers remembered beside their pixels: numbers only, a few kilobytes each. */
const mostAnswers = 200;

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
  readonly #answered = new Map<
    string,
    { readonly ask: BenchAsk; readonly result: BenchResult; readonly cleanId: string }
  >();
  #answers = 0;
  #idle: NodeJS.Timeout | null = null;
  /** Settles when a worker that was told to end has gone. */
  #ending: Promise<void> = Promise.resolve();

  constructor(options: BenchDeskOptions) {
    this.#options = options;
  }

  /**
   * @param prepare makes the payload before anything is started, so that what is wrong is said first
   * @throws LabError `cancelled` when the same window asks again or stops
   */
  async ask(ask: BenchAsk, prepare: () => Promise<BenchPayload>): Promise<BenchAnswer> {
    const { window, scope, imageId, runId } = ask;
    this.stop(window);
    const own = new AbortController();
    this.#asked.set(window, own);
    if (this.#idle) clearTimeout(this.#idle);
    const { worker, events } = this.#options;
    const tell = (phase: BenchPhase, done = 0): void =>
      events.emit('bench.phase', { window, phase, done });
    try {
      const payload = await prepare();
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
      this.#remember(attackedId, { ask, result: reply.result, cleanId });
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

  /**
   * Everything about an answer, by the id of its attacked picture.
   * @throws LabError `not-found` once its pixels are not held any more
   */
  kept(attackedId: string): Kept {
    const answered = this.#answered.get(attackedId);
    const clean = answered && this.#shelf.get(answered.cleanId);
    const attacked = this.#shelf.get(attackedId);
    if (answered && clean && attacked) {
      const { ask, result } = answered;
      return { ask, result, clean, saved: asSaved(attacked) };
    }
    throw new LabError({
      kind: 'not-found',
      message: 'the pixels of this attack are not held any more',
      safe: 'Nothing was written.',
      next: 'Move a setting to compute them once more, then export again.',
    });
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
    this.#answered.clear();
    void this.close();
  }

  /** Ends the worker; returns when it is gone. */
  close(): Promise<void> {
    for (const window of [...this.#asked.keys()]) this.stop(window);
    return this.#end();
  }

  #remember(id: string, answer: { ask: BenchAsk; result: BenchResult; cleanId: string }): void {
    this.#answered.set(id, answer);
    const [oldest] = this.#answered.keys();
    if (this.#answered.size > mostAnswers && oldest !== undefined) this.#answered.delete(oldest);
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

/** Grey levels of float32 pixels in [0, 1], as the worker rounds: halves up. */
function asSaved(pixels: Uint8Array): Uint8Array {
  const values = new Float32Array(Uint8Array.from(pixels).buffer);
  return Uint8Array.from(values, (value) =>
    Math.min(255, Math.max(0, Math.floor(value * 255 + 0.5))),
  );
}

function cancelled(): LabError {
  return new LabError({
    kind: 'cancelled',
    message: 'a newer setting took the place of this one',
    safe: 'Nothing was stored.',
  });
}
