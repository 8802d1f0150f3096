import type { Preflight } from '@shared/domain/preflight';
import type { Pair, Run, Series } from '@shared/domain/run';
import type { SweepRequest } from '@shared/domain/sweep';
import type { ImportDraft, PairDraft, Repeats, RpcClient } from '@shared/rpc';
import { runTwinName } from '@shared/twin';
import type { Notices } from './notices.svelte';

/** A baseline and its NT twin travel together; a run without a twin is marked as unpaired. */
export interface PairView {
  readonly pair: Pair;
  readonly baseline: Run | undefined;
  readonly nt: Run | undefined;
}

/** Runs and pairs of the workspace, newest first, and the pair in view. */
export class Runs {
  readonly #client: RpcClient;
  readonly #notices: Notices;
  #runs = $state.raw<readonly Run[]>([]);
  #pairs = $state.raw<readonly Pair[]>([]);
  #selectedPairId = $state<number | null>(null);
  #soloId = $state<number | null>(null);
  #sweepId = $state<number | null>(null);
  /** True while the form for a new pair is open. */
  drafting = $state(false);

  readonly pairs: readonly PairView[] = $derived.by(() => {
    const byId = new Map(this.#runs.map((run) => [run.id, run]));
    return this.#pairs
      .map((pair) => ({
        pair,
        baseline: byId.get(pair.baselineRunId),
        nt: byId.get(pair.ntRunId),
      }))
      .sort((a, b) => b.pair.createdAtMs - a.pair.createdAtMs);
  });
  /** Repeats of one pair, newest series first. */
  readonly series: readonly { series: Series; pairs: PairView[] }[] = $derived.by(() => {
    const byId = new Map<number, { series: Series; pairs: PairView[] }>();
    for (const view of this.pairs) {
      const { series } = view.pair;
      if (!series) continue;
      const known = byId.get(series.id) ?? { series, pairs: [] };
      byId.set(series.id, { series, pairs: [...known.pairs, view] });
    }
    return [...byId.values()];
  });
  readonly unpaired = $derived(
    this.#runs.filter((run) => run.pairIds.length === 0 && run.deletedAtMs === null),
  );
  /** The run without a twin that is in view, in place of a pair. */
  readonly solo = $derived(this.unpaired.find(({ id }) => id === this.#soloId) ?? null);
  readonly selected = $derived(
    this.pairs.find((view) => view.pair.id === this.#selectedPairId) ?? this.pairs[0] ?? null,
  );

  constructor(client: RpcClient, notices: Notices) {
    this.#client = client;
    this.#notices = notices;
    client.on('run.changed', (run) => {
      this.#putRun(run);
      if (run.pairIds.some((id) => !this.#pairs.some((pair) => pair.id === id))) {
        void notices.attempt('Read the pairs', async () => {
          this.#pairs = await client.call('pair.list', {});
        });
      }
    });
  }

  get all(): readonly Run[] {
    return this.#runs;
  }

  /** "+NT", "+AT" or "+NT+AT"; empty for a baseline or an unknown run. */
  twinName(id: number | undefined): string {
    const run = id === undefined ? undefined : this.get(id);
    return run ? runTwinName(run) : '';
  }

  get(id: number): Run | undefined {
    return this.#runs.find((run) => run.id === id);
  }

  async load(): Promise<void> {
    [this.#runs, this.#pairs] = await Promise.all([
      this.#client.call('run.list', {}),
      this.#client.call('pair.list', {}),
    ]);
  }

  clear(): void {
    this.#runs = [];
    this.#pairs = [];
    this.#selectedPairId = null;
    this.#soloId = null;
    this.#sweepId = null;
    this.drafting = false;
  }

  select(pairId: number): void {
    this.#selectedPairId = pairId;
    this.#soloId = null;
    this.#sweepId = null;
    this.drafting = false;
  }

  /** The group of jobs shown in place of a pair: a sweep. */
  get sweepId(): number | null {
    return this.#sweepId;
  }

  selectSweep(groupId: number): void {
    this.#soloId = null;
    this.#sweepId = groupId;
    this.drafting = false;
  }

  /** Shows a run that has no twin. */
  selectSolo(runId: number): void {
    this.#soloId = runId;
    this.#sweepId = null;
    this.drafting = false;
  }

  /** Starts a sweep and shows it. @throws LabError of the first pair that is refused */
  async startSweep(request: SweepRequest): Promise<void> {
    const group = await this.#client.call('sweep.start', request);
    await this.load();
    this.selectSweep(group.id);
  }

  /** Makes runs of weight files as they are and shows them. @throws LabError saying what does not fit */
  async importWeights(draft: ImportDraft): Promise<void> {
    const { runs, pair } = await this.#client.call('run.import', { draft });
    await this.load();
    const [first] = runs;
    if (pair) this.select(pair.id);
    else if (first) this.selectSolo(first.id);
  }

  async removeSolo({ id, name }: Run): Promise<void> {
    const done = await this.#notices.attempt('Delete the run', async () => {
      await this.#client.call('run.delete', { id });
      await this.load();
      return true;
    });
    if (!done) return;
    this.#notices.tell(`Deleted "${name}". It can be restored for 30 days.`, () => {
      void this.#notices.attempt('Restore the run', async () => {
        await this.#client.call('run.restore', { id });
        await this.load();
      });
    });
  }

  /** What a pair's training will take. @throws LabError where nothing could be found out */
  async checkPair(draft: PairDraft, repeats: number): Promise<Preflight> {
    return await this.#client.call('pair.check', { draft, repeats });
  }

  /** Creates baseline and twin, once or repeated, and queues all. @throws LabError naming the setting at fault. */
  async createPair(draft: PairDraft, repeats: Repeats | null = null): Promise<void> {
    const pairs = repeats
      ? await this.#client.call('pair.createRepeats', { draft, repeats })
      : [await this.#client.call('pair.create', { draft })];
    await this.load();
    const [first] = pairs;
    if (first) this.select(first.id);
  }

  async rename(pairId: number, name: string): Promise<void> {
    await this.#notices.attempt('Rename the pair', async () => {
      const pair = await this.#client.call('pair.rename', { id: pairId, name });
      this.#pairs = this.#pairs.map((known) => (known.id === pair.id ? pair : known));
    });
  }

  async remove(view: PairView): Promise<void> {
    const ids = [view.baseline, view.nt].flatMap((run) =>
      run && !this.#isShared(run, view.pair) ? [run.id] : [],
    );
    const done = await this.#notices.attempt('Delete the pair', async () => {
      for (const id of ids) await this.#client.call('run.delete', { id });
      await this.load();
      return true;
    });
    if (!done) return;
    this.#notices.tell(`Deleted "${view.pair.name}". It can be restored for 30 days.`, () => {
      void this.#notices.attempt('Restore the pair', async () => {
        for (const id of ids) await this.#client.call('run.restore', { id });
        await this.load();
      });
    });
  }

  /** Whether another pair, whose twin is not in the bin, needs this run too. */
  #isShared(run: Run, by: Pair): boolean {
    return this.pairs.some(
      ({ pair, nt }) =>
        pair.id !== by.id &&
        run.pairIds.includes(pair.id) &&
        nt !== undefined &&
        nt.deletedAtMs === null,
    );
  }

  #putRun(run: Run): void {
    this.#runs = this.#runs.some((known) => known.id === run.id)
      ? this.#runs.map((known) => (known.id === run.id ? run : known))
      : [...this.#runs, run];
  }
}
