import type { StoredWeights, WeightEntry, WeightOutcome } from '@shared/domain/weights';
import { LabError, toErrorData, type LabErrorData } from '@shared/errors';
import type { EventData, Result } from '@shared/rpc';
import { fitsModel, partsOf, type ModelChoice, type Part } from '@shared/weights/initial';
import type { Connection } from '../rpc/connection';
import type { Notices } from './notices.svelte';

type Listing = Result<'weights.list'>;
export type EntryView = Listing['entries'][number];

/** Entries of the catalogue that belong together: those of one model, or of no model. */
export interface WeightGroup {
  /** Id of the model; null for what attacks and measures need. */
  readonly modelId: string | null;
  readonly entries: readonly EntryView[];
}

/** The inventory of weights: what there is to have, what the workspace has, and adding to it. */
export class WeightsState {
  readonly #client: Connection;
  readonly #notices: Notices;
  #listing = $state.raw<Listing>({ entries: [], others: [] });
  #progress = $state.raw<EventData<'weights.progress'> | null>(null);
  #adding = $state<string | null>(null);
  #outcomes = $state.raw<readonly WeightOutcome[]>([]);
  #error = $state.raw<LabErrorData | null>(null);

  readonly groups: readonly WeightGroup[] = $derived.by(() => grouped(this.#listing.entries));
  /** Every file of the workspace, those of no entry last. */
  readonly files: readonly StoredWeights[] = $derived([
    ...this.#listing.entries.flatMap(({ files }) => files),
    ...this.#listing.others,
  ]);

  constructor(client: Connection, notices: Notices) {
    this.#client = client;
    this.#notices = notices;
    client.on(
      'weights.changed',
      () => void notices.attempt('Read the list of weights', () => this.load()),
    );
    client.on('weights.progress', (progress) => {
      this.#progress = progress;
    });
  }

  get others(): readonly StoredWeights[] {
    return this.#listing.others;
  }

  /** Name of what is being added; null while nothing is. */
  get adding(): string | null {
    return this.#adding;
  }

  get progress(): EventData<'weights.progress'> | null {
    return this.#progress;
  }

  /** What became of the files added last. */
  get outcomes(): readonly WeightOutcome[] {
    return this.#outcomes;
  }

  get error(): LabErrorData | null {
    return this.#error;
  }

  async load(): Promise<void> {
    this.#listing = await this.#client.call('weights.list', {});
  }

  clear(): void {
    this.dismiss();
    this.#listing = { entries: [], others: [] };
  }

  dismiss(): void {
    this.#outcomes = [];
    this.#error = null;
  }

  /** Parts a model starts from, each with the files of the workspace that hold it. */
  partsOf(model: ModelChoice): { readonly part: Part; readonly files: readonly StoredWeights[] }[] {
    return partsOf(model).map((part) => ({
      part,
      files: this.files.filter(
        ({ facts }) => facts.kind !== 'model' && facts.id === part.entry.recognisedAs.id,
      ),
    }));
  }

  /** Files that are the whole of a model. */
  wholeOf(model: ModelChoice): readonly StoredWeights[] {
    return this.files.filter(({ facts }) => facts.kind === 'model' && fitsModel(facts, model));
  }

  /** Adds files or folders by path, one after the other. */
  async add(paths: readonly string[]): Promise<void> {
    await this.#add(paths, (path) => this.#client.call('weights.add', { path }));
  }

  /**
   * Adds files that were dropped on the page. A desktop window knows where they lie; a browser page
   * has their content only and sends it to the lab.
   */
  async addDropped(files: readonly File[]): Promise<void> {
    await this.#add(files, (file) => {
      const path = this.#client.pathOf(file);
      return path === null ? this.#client.upload(file) : this.#client.call('weights.add', { path });
    });
  }

  async remove({ sha256, fileName }: StoredWeights): Promise<void> {
    const done = await this.#notices.attempt('Remove the weight file', () =>
      this.#client.call('weights.remove', { sha256 }),
    );
    if (!done) return;
    this.#notices.tell(`Removed "${fileName}". It can be restored for 30 days.`, () => {
      void this.#notices.attempt('Restore the weight file', () =>
        this.#client.call('weights.restore', { sha256 }),
      );
    });
  }

  async #add<T extends string | File>(
    items: readonly T[],
    one: (item: T) => Promise<WeightOutcome[]>,
  ): Promise<void> {
    if (this.#adding !== null) {
      this.#error = busy(this.#adding);
      return;
    }
    this.dismiss();
    try {
      for (const item of items) {
        this.#adding = typeof item === 'string' ? item : item.name;
        this.#outcomes = [...this.#outcomes, ...(await one(item))];
      }
    } catch (thrown) {
      this.#error = toErrorData(thrown);
    } finally {
      this.#adding = null;
      this.#progress = null;
    }
  }
}

/** One group per model in the order of the catalogue; an entry of several models is in each. */
function grouped(entries: readonly EntryView[]): WeightGroup[] {
  const groups = new Map<string | null, EntryView[]>();
  const put = (id: string | null, view: EntryView): void => {
    const group = groups.get(id) ?? [];
    if (!group.includes(view)) groups.set(id, [...group, view]);
  };
  for (const view of entries) {
    if (view.entry.later) continue;
    for (const id of modelsOf(view.entry)) put(id, view);
  }
  for (const view of entries)
    if (view.entry.later || modelsOf(view.entry).length === 0) put(null, view);
  return [...groups].map(([modelId, views]) => ({ modelId, entries: views }));
}

function modelsOf({ uses }: WeightEntry): string[] {
  return uses.flatMap((use) => (use.kind === 'model' || use.kind === 'trunk' ? [use.id] : []));
}

function busy(name: string): LabErrorData {
  return new LabError({
    kind: 'conflict',
    message: `"${name}" is still being added`,
    safe: 'Nothing was changed.',
    next: 'Wait until it is in the list, then add the next one.',
  }).toData();
}
