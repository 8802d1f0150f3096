import { SvelteMap } from 'svelte/reactivity';
import type { Dataset, DatasetImage, ImportReport } from '@shared/domain/dataset';
import type { EventData, RpcClient } from '@shared/rpc';
import type { Notices } from './notices.svelte';

const PAGE = 1_000;

/** Data sets of the workspace, the one in view, and the pictures of every one that was looked at. */
export class Datasets {
  readonly #client: RpcClient;
  readonly #notices: Notices;
  readonly #images = new SvelteMap<number, readonly DatasetImage[]>();
  readonly #loading = new Set<number>();
  #all = $state.raw<readonly Dataset[]>([]);
  #selectedId = $state<number | null>(null);
  #progress = $state.raw<EventData<'import.progress'> | null>(null);
  #making = $state(false);
  /** The picture in the inspector. */
  imageId = $state<number | null>(null);

  readonly selected = $derived(
    this.#all.find((dataset) => dataset.id === this.#selectedId) ?? this.#all[0] ?? null,
  );

  constructor(client: RpcClient, notices: Notices) {
    this.#client = client;
    this.#notices = notices;
    client.on(
      'dataset.changed',
      () => void notices.attempt('Read the data sets', () => this.load()),
    );
    client.on('import.progress', (progress) => {
      this.#progress = progress;
    });
  }

  get all(): readonly Dataset[] {
    return this.#all;
  }

  get progress(): EventData<'import.progress'> | null {
    return this.#progress;
  }

  /** True while the demo data set is being generated. */
  get making(): boolean {
    return this.#making;
  }

  get(id: number): Dataset | undefined {
    return this.#all.find((dataset) => dataset.id === id);
  }

  select(id: number): void {
    if (id !== this.selected?.id) this.imageId = null;
    this.#selectedId = id;
  }

  images(datasetId: number): readonly DatasetImage[] {
    return this.#images.get(datasetId) ?? [];
  }

  async load(): Promise<void> {
    this.#all = await this.#client.call('dataset.list', {});
  }

  clear(): void {
    this.#all = [];
    this.#images.clear();
    this.#selectedId = null;
    this.imageId = null;
    this.#progress = null;
  }

  /** Fetches the picture records of a data set once, page by page; pages show as they come. */
  async ensureImages(datasetId: number): Promise<void> {
    if (this.#images.has(datasetId) || this.#loading.has(datasetId)) return;
    this.#loading.add(datasetId);
    await this.#notices.attempt('Read the pictures of the data set', async () => {
      for (let offset = 0; ; offset += PAGE) {
        const page = await this.#client.call('dataset.images', { datasetId, offset, limit: PAGE });
        this.#images.set(datasetId, [...this.images(datasetId), ...page]);
        if (page.length < PAGE) return;
      }
    });
    this.#loading.delete(datasetId);
  }

  /** Generates the synthetic demo set and selects it. */
  async makeDemo(images: number, seed: number): Promise<boolean> {
    this.#making = true;
    this.#progress = null;
    const report = await this.#notices.attempt('Make the demo data set', () =>
      this.#client.call('dataset.createDemo', { name: 'Demo', images, seed }),
    );
    this.#making = false;
    this.#progress = null;
    if (report) await this.adopt(report);
    return report !== undefined;
  }

  /** Shows a data set that has just been imported. */
  async adopt(report: ImportReport): Promise<void> {
    this.#progress = null;
    await this.#notices.attempt('Read the data sets', () => this.load());
    this.select(report.datasetId);
  }

  async remove(dataset: Dataset): Promise<void> {
    const id = dataset.id;
    const done = await this.#notices.attempt('Delete the data set', () =>
      this.#client.call('dataset.delete', { id }),
    );
    if (!done) return;
    this.#all = this.#all.filter((known) => known.id !== id);
    this.#notices.tell(
      `Deleted "${dataset.name}". The pictures themselves were not touched.`,
      () => {
        void this.#notices.attempt('Restore the data set', async () => {
          await this.#client.call('dataset.restore', { id });
          await this.load();
        });
      },
    );
  }
}
