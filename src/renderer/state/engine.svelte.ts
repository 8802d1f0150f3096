import type { EngineName } from '@shared/domain/catalogue';
import type { Result, RpcClient } from '@shared/rpc';
import type { Notices } from './notices.svelte';

type EngineView = Result<'engine.info'>;

/** Which rung of the engine ladder computes, and why the others do not. */
export class EngineState {
  readonly #client: RpcClient;
  readonly #notices: Notices;
  #view = $state.raw<EngineView>({ current: null, ladder: [], error: null });
  #switching = $state(false);

  constructor(client: RpcClient, notices: Notices) {
    this.#client = client;
    this.#notices = notices;
    client.on('engine.changed', (view) => {
      this.#view = view;
    });
  }

  get current(): EngineView['current'] {
    return this.#view.current;
  }

  get ladder(): EngineView['ladder'] {
    return this.#view.ladder;
  }

  get error(): EngineView['error'] {
    return this.#view.error;
  }

  get switching(): boolean {
    return this.#switching;
  }

  async load(): Promise<void> {
    this.#view = await this.#client.call('engine.info', {});
  }

  /** Starts the worker on another rung; null takes the best one. */
  async select(name: EngineName | null): Promise<void> {
    this.#switching = true;
    await this.#notices.attempt('Change the engine', async () => {
      await this.#client.call('engine.select', { name });
      await this.load();
    });
    this.#switching = false;
  }
}
