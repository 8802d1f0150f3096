import { rmSync } from 'node:fs';
import type { Workspace } from '@shared/rpc';
import { LabError } from '@shared/errors';
import { binDays, purgeBin } from './db/bin';
import { purgeWeights } from './db/weights';
import type { EventHub } from './events';
import { JobBoard } from './jobs/board';
import type { FreeBytes } from './jobs/disk-guard';
import { sweepStaleJobs } from './jobs/recovery';
import { JobRunner } from './jobs/runner';
import type { JobTiming } from './jobs/timing';
import type { WorkerHost } from './jobs/worker-host';
import { MediaStore } from './media';
import { fromStoredPath } from './workspace/layout';
import { sweepLeftovers } from './workspace/leftovers';
import type { OpenMode, OpenWorkspace } from './workspace/open';
import { openWorkspace } from './workspace/open';
import { rememberWorkspace } from './workspace/recent';

export interface SessionOptions {
  readonly events: EventHub;
  readonly worker: WorkerHost;
  readonly timing: JobTiming;
  readonly stateDir: string | null;
  readonly holdLeftOver: boolean;
  readonly freeBytes?: FreeBytes;
  readonly report: (thrown: unknown) => void;
}

/** One open workspace with its queue. */
export interface Session {
  readonly workspace: OpenWorkspace;
  readonly board: JobBoard;
  readonly runner: JobRunner;
  readonly media: MediaStore;
  /** Aborted when the workspace closes: long work of the host itself, such as an import, ends. */
  readonly signal: AbortSignal;
}

/** The workspace that is open, if any; opening and closing happen one after the other. */
export class Sessions {
  readonly #options: SessionOptions;
  #open: (Session & { readonly abort: AbortController }) | null = null;
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: SessionOptions) {
    this.#options = options;
  }

  get current(): Session | null {
    return this.#open;
  }

  /** @throws LabError `conflict` while no workspace is open */
  require(): Session {
    if (this.#open) return this.#open;
    throw new LabError({
      kind: 'conflict',
      message: 'no workspace is open',
      safe: 'Nothing was changed.',
      next: 'Open a workspace or create one first.',
    });
  }

  /**
   * Opens a workspace in place of the one that is open, which stays open if this fails.
   * @throws LabError as `openWorkspace`
   */
  open(path: string, mode: OpenMode): Promise<Workspace> {
    return this.#inTurn(async () => {
      if (this.#open?.workspace.layout.root === path) {
        if (mode !== 'create') return this.#open.workspace.info;
      }
      const workspace = openWorkspace(path, mode);
      await this.#close();
      this.#begin(workspace);
      rememberWorkspace(this.#options.stateDir, workspace.layout.root);
      this.#options.events.emit('workspace.changed', workspace.info);
      return workspace.info;
    });
  }

  close(): Promise<void> {
    return this.#inTurn(async () => {
      if (!this.#open) return;
      await this.#close();
      this.#options.events.emit('workspace.changed', null);
    });
  }

  #begin(workspace: OpenWorkspace): void {
    const { events, worker, timing, holdLeftOver, freeBytes, report } = this.#options;
    try {
      sweepStaleJobs(workspace);
      emptyBin(workspace);
      sweepLeftovers(workspace.layout);
    } catch (thrown) {
      workspace.close();
      throw thrown;
    }
    const board = new JobBoard(workspace, events);
    const runner = new JobRunner({ board, worker, timing, holdLeftOver, freeBytes, report });
    const abort = new AbortController();
    const media = new MediaStore(board);
    this.#open = { workspace, board, runner, media, abort, signal: abort.signal };
    runner.pump();
  }

  async #close(): Promise<void> {
    const session = this.#open;
    if (!session) return;
    session.abort.abort();
    await session.runner.close();
    this.#open = null;
    session.workspace.close();
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work, work);
    // The next turn must not fail with this one's error; whoever asked for this one gets it.
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}

function emptyBin({ db, layout }: OpenWorkspace): void {
  const beforeMs = Date.now() - binDays * 86_400_000;
  const { runIds, jobIds } = purgeBin(db, beforeMs);
  const folders = [
    ...runIds.map((id) => layout.run(id)),
    ...jobIds.flatMap((id) => [layout.attack(id), layout.fit(id)]),
  ];
  const files = purgeWeights(db, beforeMs).map((path) => fromStoredPath(layout, path));
  for (const path of [...folders, ...files]) rmSync(path, { recursive: true, force: true });
}
