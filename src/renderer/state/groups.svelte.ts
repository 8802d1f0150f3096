import { SvelteMap } from 'svelte/reactivity';
import type { CellNumbers, JobGroup } from '@shared/domain/group';
import type { Job } from '@shared/domain/run';
import { groupView, type GroupView } from '@shared/group-view';
import type { RpcClient } from '@shared/rpc';
import type { Jobs } from './jobs.svelte';
import type { Notices } from './notices.svelte';

/** A group and how far it is. */
export interface ShownGroup extends GroupView {
  readonly group: JobGroup;
}

/** Headline numbers are read again at most this often while rows come in. */
const numbersEveryMs = 1000;

/** Jobs that were asked for as one. Their state follows from that of the jobs. */
export class Groups {
  readonly #client: RpcClient;
  readonly #notices: Notices;
  #groups = $state.raw<readonly JobGroup[]>([]);
  readonly #numbers = new SvelteMap<number, readonly CellNumbers[]>();
  #watched: number | null = null;
  #timer: ReturnType<typeof setTimeout> | null = null;

  /** Newest first. */
  readonly all: readonly ShownGroup[];
  /** The newest unfinished group of each job that is in one: it speaks for the job in the queue. */
  readonly ofJob: ReadonlyMap<number, ShownGroup>;

  constructor(client: RpcClient, notices: Notices, jobs: Jobs) {
    this.#client = client;
    this.#notices = notices;
    this.all = $derived(
      this.#groups
        .map((group) => ({ group, ...groupView(group, (id) => jobs.get(id)) }))
        .filter((shown) => shown.jobs.length > 0),
    );
    this.ofJob = $derived(
      new Map(
        this.all
          .filter(({ state }) => state !== 'done')
          .toReversed()
          .flatMap((shown) => shown.jobs.map((job) => [job.id, shown] as const)),
      ),
    );
    client.on('group.changed', (group) => {
      this.#groups = [group, ...this.#groups.filter(({ id }) => id !== group.id)];
    });
    client.on('job.rows', () => this.#readSoon());
  }

  async load(): Promise<void> {
    this.#groups = await this.#client.call('group.list', {});
  }

  clear(): void {
    this.#groups = [];
    this.#numbers.clear();
  }

  get(id: number): ShownGroup | undefined {
    return this.all.find(({ group }) => group.id === id);
  }

  /** Headline numbers by job. */
  numbers(id: number): ReadonlyMap<number, CellNumbers> {
    return new Map((this.#numbers.get(id) ?? []).map((cell) => [cell.jobId, cell]));
  }

  /** Keeps the numbers of one group new until the returned function is called. */
  watch(id: number): () => void {
    this.#watched = id;
    void this.#read();
    return () => {
      if (this.#watched === id) this.#watched = null;
    };
  }

  pause = (id: number) => this.#verb('Pause the group', 'group.pause', id);
  resume = (id: number) => this.#verb('Resume the group', 'group.resume', id);
  stop = (id: number) => this.#verb('Stop the group', 'group.stop', id);
  cancel = (id: number) => this.#verb('Discard the group', 'group.cancel', id);

  async #verb(
    title: string,
    method: 'group.pause' | 'group.resume' | 'group.stop' | 'group.cancel',
    id: number,
  ): Promise<void> {
    await this.#notices.attempt(title, () => this.#client.call(method, { id }));
  }

  #readSoon(): void {
    if (this.#watched === null) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      void this.#read();
    }, numbersEveryMs);
  }

  async #read(): Promise<void> {
    const id = this.#watched;
    if (id === null) return;
    await this.#notices.attempt('Read the numbers of the grid', async () => {
      this.#numbers.set(id, await this.#client.call('group.numbers', { id }));
    });
  }
}

/** A line in a list of jobs: a job on its own, or the first of a group that speaks for several. */
export interface JobLine {
  readonly key: string;
  readonly job: Job;
  readonly shown: ShownGroup | null;
}

/** Jobs as a list shows them: a group once, in the place of its first job. */
export function collapsed(jobs: readonly Job[], groups: Groups): JobLine[] {
  const seen = new Set<number>();
  return jobs.flatMap((job): JobLine[] => {
    const shown = groups.ofJob.get(job.id) ?? null;
    if (!shown) return [{ key: `job-${job.id}`, job, shown }];
    if (seen.has(shown.group.id)) return [];
    seen.add(shown.group.id);
    return [{ key: `group-${shown.group.id}`, job, shown }];
  });
}
