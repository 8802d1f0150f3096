import type { Study, StudySelection } from '@shared/domain/study';
import type { RpcClient } from '@shared/rpc';
import { Latest } from './latest';
import type { Notices } from './notices.svelte';

/** Results are read again at most this often while rows come in. */
const readEveryMs = 2000;

/**
 * What is stored about the runs of a group while it fills. Unlike the study of Compare it follows new
 * results by itself: it is a view of work in progress.
 */
export class GroupStudy {
  readonly #client: RpcClient;
  readonly #notices: Notices;
  readonly #latest = new Latest();
  #selection: StudySelection | null = null;
  #study = $state.raw<Study | null>(null);
  #timer: ReturnType<typeof setTimeout> | null = null;
  #readAtMs = -Infinity;

  constructor(client: RpcClient, notices: Notices) {
    this.#client = client;
    this.#notices = notices;
  }

  get current(): Study | null {
    return this.#study;
  }

  /** Follows these runs until the returned function is called. */
  follow(selection: StudySelection): () => void {
    this.#selection = selection;
    this.readSoon();
    const ends = [
      this.#client.on('job.rows', ({ runId }) => {
        if (selection.runIds.includes(runId)) this.readSoon();
      }),
      this.#client.on('job.changed', ({ runId }) => {
        if (selection.runIds.includes(runId)) this.readSoon();
      }),
    ];
    return () => {
      for (const end of ends) end();
      if (this.#timer) clearTimeout(this.#timer);
      this.#timer = null;
    };
  }

  readSoon(): void {
    const wait = Math.max(0, this.#readAtMs + readEveryMs - Date.now());
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      this.#readAtMs = Date.now();
      void this.#read();
    }, wait);
  }

  async #read(): Promise<void> {
    const selection = this.#selection;
    if (!selection) return;
    const isNewest = this.#latest.begin();
    const study = await this.#notices.attempt('Read the results of the group', () =>
      this.#client.call('study.load', selection),
    );
    if (study && isNewest()) this.#study = study;
  }
}
