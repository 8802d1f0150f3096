import { parentPort, Worker, workerData } from 'node:worker_threads';
import { LabError, must, type LabErrorData } from '@shared/errors';
import { toFailure } from '../failure';
import type { Batch } from '../training';
import { PictureStore, type StoreOptions } from './picture-store';
import {
  batchesFrom,
  batchesPerEpoch,
  TrainingFeed,
  type BatchSource,
  type FeedOptions,
} from './training-feed';

/**
 * Batches cut in a thread of their own while the engine computes: native kernels block the main
 * thread, so nothing it does itself can overlap with a step. The thread runs the worker's own file,
 * which calls `feed` there.
 */
interface FeederData {
  readonly role: 'feeder';
  readonly store: StoreOptions;
  readonly feed: FeedOptions;
}

/** Which batch is wanted; null asks for the pictures to be opened ahead of the first one. */
interface Request {
  readonly id: number;
  readonly of: { readonly epoch: number; readonly index: number } | null;
}

type Reply =
  | { readonly id: number; readonly batch: Batch | null }
  | { readonly id: number; readonly error: LabErrorData };

/** The thread's side: answers requests until it is ended. */
export function feed(): void {
  const port = parentPort;
  const { store, feed: options } = workerData as FeederData;
  if (!port) throw new Error('feed: runs in a thread only');
  const pictures = new PictureStore(store);
  const source = new TrainingFeed(pictures, options);
  const answer = async ({ of }: Request): Promise<Batch | null> => {
    if (of) return await source.make(of.epoch, of.index);
    for (const image of options.images) await pictures.warm(image);
    return null;
  };
  port.on('message', (request: Request) => {
    const { id } = request;
    answer(request).then(
      (batch) => port.postMessage({ id, batch } satisfies Reply, transferred(batch)),
      (thrown: unknown) => port.postMessage({ id, error: toFailure(thrown) } satisfies Reply),
    );
  });
}

/** Pixels change hands instead of being copied. */
function transferred(batch: Batch | null): ArrayBuffer[] {
  return batch ? [batch.x.buffer as ArrayBuffer] : [];
}

interface Waiting {
  resolve(batch: Batch | null): void;
  reject(error: unknown): void;
}

/** The main thread's side of a feeder. */
export class ThreadedFeed implements BatchSource {
  readonly batchesPerEpoch: number;
  readonly #thread: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #next = 0;
  #failure: Error | null = null;

  /** @param entry URL of the file that calls `feed` when it runs in a thread */
  constructor(entry: string, store: StoreOptions, options: FeedOptions) {
    this.batchesPerEpoch = batchesPerEpoch(options);
    const data: FeederData = { role: 'feeder', store, feed: options };
    this.#thread = new Worker(new URL(entry), { workerData: data });
    this.#thread.on('message', (reply: Reply) => this.#settle(reply));
    this.#thread.on('error', (error) => this.#fail(error as Error));
    this.#thread.on('exit', () => this.#fail(new Error('the thread that cuts batches has ended')));
  }

  /** Opens the pictures, as far as memory allows, so that the first epoch does not wait for them. */
  async open(): Promise<void> {
    await this.#request(null);
  }

  batches(epoch: number, first: number): AsyncIterable<Batch> {
    const make = async (index: number): Promise<Batch> =>
      must(await this.#request({ epoch, index }), 'a batch was asked for');
    return batchesFrom(make, first, this.batchesPerEpoch);
  }

  async close(): Promise<void> {
    await this.#thread.terminate();
  }

  #request(of: Request['of']): Promise<Batch | null> {
    if (this.#failure) return Promise.reject(this.#failure);
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#thread.postMessage({ id, of } satisfies Request);
    });
  }

  #settle(reply: Reply): void {
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    if ('batch' in reply) waiting?.resolve(reply.batch);
    else waiting?.reject(new LabError(reply.error));
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    for (const waiting of this.#waiting.values()) waiting.reject(this.#failure);
    this.#waiting.clear();
  }
}
