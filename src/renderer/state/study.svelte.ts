import type { Side } from '@shared/domain/dataset';
import type { FigureOptions, Study, StudySelection } from '@shared/domain/study';
import type { RpcClient } from '@shared/rpc';
import { Latest } from './latest';
import type { Notices } from './notices.svelte';
import { PictureSelection } from './picture-selection.svelte';
import type { Runs } from './runs.svelte';

/**
 * What figures and tables show: chosen pairs, one side of the split, and everything stored about
 * them. New results make a loaded study stale; it is read again only when the person asks, so no
 * figure changes under their eyes and none is silently old.
 */
export class StudyState {
  readonly #client: RpcClient;
  readonly #notices: Notices;
  readonly #runs: Runs;
  readonly #latest = new Latest();
  #pairIds = $state.raw<readonly number[] | null>(null);
  /** Chosen runs without a twin. */
  #soloIds = $state.raw<readonly number[]>([]);
  #side = $state<Side>('test');
  #options = $state.raw<FigureOptions>({ scored: 'float' });
  #study = $state.raw<Study | null>(null);
  #loading = $state(false);
  #stale = $state(false);
  figureId = $state<string | null>(null);
  tableId = $state<string | null>(null);
  /** The pictures picked out in figures, tables and lists; every open view follows. */
  readonly picked = new PictureSelection();

  /** Until the person has chosen: the newest pair that is trained, else the newest. */
  readonly pairIds: readonly number[] = $derived.by(() => {
    if (this.#pairIds) return this.#pairIds;
    const { pairs } = this.#runs;
    const trained = pairs.find(
      ({ baseline, nt }) => baseline?.state === 'done' && nt?.state === 'done',
    );
    const first = trained ?? pairs[0];
    return first ? [first.pair.id] : [];
  });
  readonly selection: StudySelection = $derived.by(() => ({
    runIds: [
      ...new Set(
        this.#runs.pairs
          .filter((view) => this.pairIds.includes(view.pair.id))
          .flatMap((view) => [view.pair.baselineRunId, view.pair.ntRunId])
          .concat(
            this.#runs.unpaired.flatMap(({ id }) => (this.#soloIds.includes(id) ? [id] : [])),
          ),
      ),
    ],
    side: this.#side,
  }));

  constructor(client: RpcClient, notices: Notices, runs: Runs) {
    this.#client = client;
    this.#notices = notices;
    this.#runs = runs;
    client.on('job.changed', (job) => {
      if (job.state === 'done' && this.selection.runIds.includes(job.runId)) this.#stale = true;
    });
    client.on('job.rows', ({ runId }) => {
      if (this.selection.runIds.includes(runId)) this.#stale = true;
    });
  }

  get side(): Side {
    return this.#side;
  }

  get options(): FigureOptions {
    return this.#options;
  }

  get current(): Study | null {
    return this.#study;
  }

  get loading(): boolean {
    return this.#loading;
  }

  /** True when something is stored that the loaded study does not contain: results, or another name. */
  get stale(): boolean {
    return this.#study !== null && (this.#stale || this.#renamed(this.#study));
  }

  #renamed({ runs, pairs }: Study): boolean {
    const names = new Map(this.#runs.pairs.map(({ pair }) => [pair.id, pair.name]));
    return (
      runs.some(({ run }) => (this.#runs.get(run.id)?.name ?? run.name) !== run.name) ||
      pairs.some(({ id, name }) => (names.get(id) ?? name) !== name)
    );
  }

  get isEmpty(): boolean {
    return this.selection.runIds.length === 0;
  }

  togglePair(id: number): void {
    this.#pairIds = this.pairIds.includes(id)
      ? this.pairIds.filter((known) => known !== id)
      : [...this.pairIds, id];
  }

  get soloIds(): readonly number[] {
    return this.#soloIds;
  }

  toggleSolo(id: number): void {
    // What was shown because nothing was chosen stays chosen.
    this.#pairIds = this.pairIds;
    this.#soloIds = this.#soloIds.includes(id)
      ? this.#soloIds.filter((known) => known !== id)
      : [...this.#soloIds, id];
  }

  /** Chooses all of these pairs, or none where all are chosen: the repeats of a series. */
  togglePairs(ids: readonly number[]): void {
    const all = ids.every((id) => this.pairIds.includes(id));
    const others = this.pairIds.filter((id) => !ids.includes(id));
    this.#pairIds = all ? others : [...others, ...ids];
  }

  setSide(side: Side): void {
    this.#side = side;
  }

  setOptions(change: Partial<FigureOptions>): void {
    this.#options = { ...this.#options, ...change };
  }

  clear(): void {
    this.#pairIds = null;
    this.#soloIds = [];
    this.#study = null;
    this.#stale = false;
    this.picked.clear();
  }

  /** Reads the selection unless it is the one already loaded; new results wait for `load`. */
  async ensure(): Promise<void> {
    const { runIds, side } = this.selection;
    const loaded = this.#study?.selection;
    const same = loaded?.side === side && loaded.runIds.join() === runIds.join();
    if (!same) await this.load();
  }

  /** Reads everything stored about the selection; a reply to an older selection is dropped. */
  async load(): Promise<void> {
    const selection = this.selection;
    const isNewest = this.#latest.begin();
    if (selection.runIds.length === 0) {
      this.#study = null;
      this.#loading = false;
      return;
    }
    this.#loading = true;
    const study = await this.#notices.attempt('Read the results', () =>
      this.#client.call('study.load', selection),
    );
    if (!isNewest()) return;
    this.#loading = false;
    if (!study) return;
    this.#study = study;
    this.#stale = false;
  }
}
