import { SvelteMap } from 'svelte/reactivity';
import type { Split, SplitSpec } from '@shared/domain/dataset';
import type { Result, RpcClient } from '@shared/rpc';
import type { Notices } from './notices.svelte';

export type SplitMembers = Result<'split.members'>;

/** Splits per data set, and the positions on each side of those that were looked at. */
export class Splits {
  readonly #client: RpcClient;
  readonly #notices: Notices;
  readonly #byDataset = new SvelteMap<number, readonly Split[]>();
  readonly #members = new SvelteMap<number, SplitMembers>();
  #selectedId = $state<number | null>(null);
  /** True while the form for a new split is open. */
  drafting = $state(false);

  constructor(client: RpcClient, notices: Notices) {
    this.#client = client;
    this.#notices = notices;
    client.on(
      'split.changed',
      ({ datasetId }) => void notices.attempt('Read the splits', () => this.load(datasetId)),
    );
  }

  of(datasetId: number): readonly Split[] {
    return this.#byDataset.get(datasetId) ?? [];
  }

  get(id: number): Split | undefined {
    for (const splits of this.#byDataset.values()) {
      const found = splits.find((split) => split.id === id);
      if (found) return found;
    }
    return undefined;
  }

  selected(datasetId: number): Split | null {
    const splits = this.of(datasetId);
    return splits.find((split) => split.id === this.#selectedId) ?? splits[0] ?? null;
  }

  select(id: number): void {
    this.#selectedId = id;
    this.drafting = false;
  }

  members(splitId: number): SplitMembers | undefined {
    return this.#members.get(splitId);
  }

  async load(datasetId: number): Promise<void> {
    this.#byDataset.set(datasetId, await this.#client.call('split.list', { datasetId }));
  }

  clear(): void {
    this.#byDataset.clear();
    this.#members.clear();
    this.#selectedId = null;
    this.drafting = false;
  }

  async ensureMembers(id: number): Promise<void> {
    if (this.#members.has(id)) return;
    const members = await this.#notices.attempt('Read the split', () =>
      this.#client.call('split.members', { id }),
    );
    if (members) this.#members.set(id, members);
  }

  /** @throws LabError, `leakage` among others: the form shows it beside the fields it is about. */
  async create(
    datasetId: number,
    name: string,
    spec: SplitSpec,
    repeats: number,
  ): Promise<readonly Split[]> {
    const made = await this.#client.call('split.create', { datasetId, name, spec, repeats });
    await this.load(datasetId);
    const first = made[0];
    if (first) this.select(first.id);
    return made;
  }

  /** @throws LabError naming the line or entry that could not be read. */
  readIndexFile(datasetId: number, path: string): Promise<Result<'split.readIndexFile'>> {
    return this.#client.call('split.readIndexFile', { datasetId, path });
  }

  async remove(split: Split): Promise<void> {
    await this.#notices.attempt('Delete the split', async () => {
      await this.#client.call('split.delete', { id: split.id });
      await this.load(split.datasetId);
    });
  }
}
