import type { Result, RpcClient, Workspace } from '@shared/rpc';
import type { Notices } from './notices.svelte';

type AppInfo = Result<'app.info'>;
type Recent = Result<'workspace.recent'>[number];

/** Which folder is open, and in which shell this page runs. */
export class WorkspaceState {
  readonly #client: RpcClient;
  readonly #notices: Notices;
  #current = $state.raw<Workspace | null>(null);
  #recent = $state.raw<readonly Recent[]>([]);
  #app = $state.raw<AppInfo | null>(null);
  #known = $state(false);
  #busy = $state(false);

  constructor(client: RpcClient, notices: Notices) {
    this.#client = client;
    this.#notices = notices;
    client.on('workspace.changed', (workspace) => {
      this.#current = workspace;
    });
  }

  get current(): Workspace | null {
    return this.#current;
  }

  get recent(): readonly Recent[] {
    return this.#recent;
  }

  get app(): AppInfo | null {
    return this.#app;
  }

  /** False until the host has answered once: neither "open" nor "none" may be claimed before. */
  get known(): boolean {
    return this.#known;
  }

  get busy(): boolean {
    return this.#busy;
  }

  async load(): Promise<void> {
    const [app, current, recent] = await Promise.all([
      this.#client.call('app.info', {}),
      this.#client.call('workspace.current', {}),
      this.#client.call('workspace.recent', {}),
    ]);
    this.#app = app;
    this.#current = current;
    this.#recent = recent;
    this.#known = true;
  }

  async open(path: string): Promise<boolean> {
    return this.#enter('Open the workspace', () => this.#client.call('workspace.open', { path }));
  }

  async create(path: string): Promise<boolean> {
    return this.#enter('Create the workspace', () =>
      this.#client.call('workspace.create', { path }),
    );
  }

  async close(): Promise<void> {
    await this.#notices.attempt('Close the workspace', async () => {
      await this.#client.call('workspace.close', {});
      this.#current = null;
      this.#recent = await this.#client.call('workspace.recent', {});
    });
  }

  async #enter(title: string, work: () => Promise<Workspace>): Promise<boolean> {
    this.#busy = true;
    try {
      const workspace = await this.#notices.attempt(title, work);
      if (workspace) this.#current = workspace;
      return workspace !== undefined;
    } finally {
      this.#busy = false;
    }
  }
}
