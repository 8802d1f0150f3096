import { SvelteMap } from 'svelte/reactivity';
import type { RpcClient } from '@shared/rpc';
import type { Notices } from './notices.svelte';

/**
 * Per-image rows of the batch jobs in view. While a batch runs its rows are read again whenever new
 * ones are announced, but never twice at once: an announcement during a read asks for one more.
 */
export class JobRows<Row> {
  readonly #notices: Notices;
  readonly #read: (jobId: number) => Promise<readonly Row[]>;
  readonly #rows = new SvelteMap<number, readonly Row[]>();
  readonly #reading = new Map<number, { again: boolean }>();
  readonly #watched = new Map<number, number>();

  constructor(
    client: RpcClient,
    notices: Notices,
    read: (jobId: number) => Promise<readonly Row[]>,
  ) {
    this.#notices = notices;
    this.#read = read;
    client.on('job.rows', ({ id }) => this.#refresh(id));
    client.on('job.changed', ({ id }) => this.#refresh(id));
  }

  get(jobId: number): readonly Row[] {
    return this.#rows.get(jobId) ?? [];
  }

  /** Follows a job until the returned function is called. */
  watch(jobId: number): () => void {
    this.#watched.set(jobId, (this.#watched.get(jobId) ?? 0) + 1);
    this.#refresh(jobId);
    return () => {
      const left = (this.#watched.get(jobId) ?? 1) - 1;
      if (left > 0) this.#watched.set(jobId, left);
      else this.#watched.delete(jobId);
    };
  }

  refreshAll(): void {
    for (const id of this.#watched.keys()) this.#refresh(id);
  }

  clear(): void {
    this.#rows.clear();
  }

  #refresh(jobId: number): void {
    if (!this.#watched.has(jobId)) return;
    const reading = this.#reading.get(jobId);
    if (reading) {
      reading.again = true;
      return;
    }
    const mine = { again: false };
    this.#reading.set(jobId, mine);
    void this.#notices
      .attempt('Read the rows of the batch', async () => {
        this.#rows.set(jobId, await this.#read(jobId));
      })
      .finally(() => {
        this.#reading.delete(jobId);
        if (mine.again) this.#refresh(jobId);
      });
  }
}
