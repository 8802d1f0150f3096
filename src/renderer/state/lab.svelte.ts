import { createContext } from 'svelte';
import type { AttackRow, NormRow } from '@shared/domain/results';
import type { Warning } from '@shared/domain/run';
import type { Connection, ConnectionStatus } from '../rpc/connection';
import { BatchView } from './batch-view.svelte';
import { groupBatches } from './batches';
import { BenchState } from './bench.svelte';
import { CatalogueState } from './catalogue.svelte';
import { Datasets } from './datasets.svelte';
import { EngineState } from './engine.svelte';
import { JobRows } from './job-rows.svelte';
import { FitDraft } from './fit-draft.svelte';
import { Jobs } from './jobs.svelte';
import { GridDraft } from './grid-draft.svelte';
import { Groups } from './groups.svelte';
import { Live } from './live.svelte';
import { Notices } from './notices.svelte';
import { Runs } from './runs.svelte';
import { Splits } from './splits.svelte';
import { stageMarks } from './stages';
import { StudyState } from './study.svelte';
import { Theme } from './theme.svelte';
import { View } from './view.svelte';
import { WeightsState } from './weights.svelte';
import { WorkspaceState } from './workspace.svelte';

/** Everything the window knows, each noun in its own class; components read these and call verbs. */
export class Lab {
  readonly client: Connection;
  readonly notices = new Notices();
  readonly theme = new Theme();
  readonly view = new View();
  readonly attackView = new BatchView();
  readonly attackDraft = new GridDraft();
  readonly fitDraft = new FitDraft();
  readonly normView = new BatchView();
  readonly workspace: WorkspaceState;
  readonly datasets: Datasets;
  readonly splits: Splits;
  readonly catalogue: CatalogueState;
  readonly engine: EngineState;
  readonly weights: WeightsState;
  readonly runs: Runs;
  readonly jobs: Jobs;
  readonly groups: Groups;
  readonly live: Live;
  readonly attackRows: JobRows<AttackRow>;
  readonly normRows: JobRows<NormRow>;
  readonly jobWarnings: JobRows<Warning>;
  readonly study: StudyState;
  readonly bench: BenchState;
  #status = $state<ConnectionStatus>('connecting');

  readonly marks = $derived.by(() =>
    stageMarks({
      datasets: this.datasets.all.length,
      splits: this.datasets.all.reduce((sum, data) => sum + this.splits.of(data.id).length, 0),
      pairs: this.runs.pairs.length,
      trainedRuns: this.runs.all.filter((run) => run.state === 'done').length,
      attacksDone: this.#count('attack'),
      normsDone: this.#count('norms'),
      running: new Set(this.jobs.running.map((job) => job.kind)),
      stale: this.study.stale,
    }),
  );

  readonly attackBatches = $derived.by(() =>
    groupBatches('attack', this.jobs.all, this.runs.pairs),
  );
  readonly normBatches = $derived.by(() => groupBatches('norms', this.jobs.all, this.runs.pairs));

  constructor(client: Connection) {
    const notices = this.notices;
    this.client = client;
    this.workspace = new WorkspaceState(client, notices);
    this.datasets = new Datasets(client, notices);
    this.splits = new Splits(client, notices);
    this.catalogue = new CatalogueState(client);
    this.engine = new EngineState(client, notices);
    this.weights = new WeightsState(client, notices);
    this.runs = new Runs(client, notices);
    this.jobs = new Jobs(client, notices);
    this.groups = new Groups(client, notices, this.jobs);
    this.live = new Live(client, notices);
    this.attackRows = new JobRows(client, notices, (id) => client.call('job.attacks', { id }));
    this.normRows = new JobRows(client, notices, (id) => client.call('job.norms', { id }));
    this.jobWarnings = new JobRows(client, notices, (id) => client.call('job.warnings', { id }));
    this.study = new StudyState(client, notices, this.runs);
    this.bench = new BenchState(client, this.runs, this.catalogue, this.weights);
    this.#status = client.status;
    client.onStatus((status) => {
      const wasLost = this.#status === 'lost';
      this.#status = status;
      if (wasLost && status === 'open') void this.start();
    });
    client.on('workspace.changed', () => {
      this.#clear();
      void this.#loadWorkspace();
    });
    client.on('warning.raised', ({ jobId }) => {
      const runId = this.jobs.get(jobId)?.runId;
      if (runId !== undefined) void this.live.reloadWarnings(runId);
    });
  }

  get status(): ConnectionStatus {
    return this.#status;
  }

  /** Reads the state of the host; also after the connection came back. */
  async start(): Promise<void> {
    await this.notices.attempt('Reach the lab', () => this.workspace.load());
    await this.#loadWorkspace();
  }

  async #loadWorkspace(): Promise<void> {
    await this.notices.attempt('Read the engine', () => this.engine.load());
    await this.notices.attempt('Read the catalogue of models and attacks', () =>
      this.catalogue.load(),
    );
    await this.notices.attempt('Read the list of weights', () => this.weights.load());
    if (!this.workspace.current) return;
    await this.notices.attempt('Read the workspace', async () => {
      await Promise.all([
        this.datasets.load(),
        this.runs.load(),
        this.jobs.load(),
        this.groups.load(),
      ]);
      await Promise.all(this.datasets.all.map((dataset) => this.splits.load(dataset.id)));
    });
    await this.notices.attempt('Read the loss curves', () => this.live.reload());
    this.attackRows.refreshAll();
    this.normRows.refreshAll();
  }

  #clear(): void {
    this.datasets.clear();
    this.splits.clear();
    this.runs.clear();
    this.jobs.clear();
    this.groups.clear();
    this.live.clear();
    this.attackRows.clear();
    this.normRows.clear();
    this.jobWarnings.clear();
    this.study.clear();
    this.bench.clear();
    this.weights.clear();
    this.attackDraft.reset();
    this.attackDraft.runIds = [];
    this.attackView.clear();
    this.normView.clear();
  }

  #count(kind: 'attack' | 'norms'): number {
    return this.jobs.all.filter((job) => job.kind === kind && job.state === 'done').length;
  }
}

export const [useLab, provideLab] = createContext<Lab>();
