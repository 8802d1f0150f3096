import type { Job, JobKind, JobProgress } from '@shared/domain/run';
import type { RpcClient } from '@shared/rpc';
import { FrameBatch, type Schedule } from './frame-batch';
import type { Notices } from './notices.svelte';

/** Every job of the workspace, newest state as the host announces it. */
export class Jobs {
  readonly #client: RpcClient;
  readonly #notices: Notices;
  #jobs = $state.raw<readonly Job[]>([]);

  readonly all = $derived(this.#jobs);
  readonly running = $derived(this.#jobs.filter((job) => job.state === 'running'));
  readonly queued = $derived(this.#jobs.filter((job) => job.state === 'queued'));
  /** Work that was begun and can go on: shown on Home with Resume. */
  readonly unfinished = $derived(
    this.#jobs.filter((job) => job.state === 'paused' || job.state === 'interrupted'),
  );

  constructor(client: RpcClient, notices: Notices, schedule?: Schedule) {
    this.#client = client;
    this.#notices = notices;
    const progress = new FrameBatch<{ id: number; progress: JobProgress }>((items) => {
      const newest = new Map(items.map((item) => [item.id, item.progress]));
      this.#jobs = this.#jobs.map((job) => {
        const now = newest.get(job.id);
        return now ? { ...job, progress: now } : job;
      });
    }, schedule);
    client.on('job.progress', (data) => progress.push(data));
    client.on('job.changed', (job) => this.#put(job));
    client.on('job.removed', ({ id }) => {
      this.#jobs = this.#jobs.filter((job) => job.id !== id);
    });
  }

  async load(): Promise<void> {
    this.#jobs = await this.#client.call('job.list', {});
  }

  clear(): void {
    this.#jobs = [];
  }

  get(id: number): Job | undefined {
    return this.#jobs.find((job) => job.id === id);
  }

  /** Jobs of one kind about one run, oldest first. */
  of(runId: number, kind: JobKind): readonly Job[] {
    return this.#jobs.filter((job) => job.runId === runId && job.kind === kind);
  }

  pause = (id: number) => this.#verb('Pause the job', 'job.pause', id);
  resume = (id: number) => this.#verb('Resume the job', 'job.resume', id);
  stop = (id: number) => this.#verb('Stop the job', 'job.stop', id);
  stopAfterEpoch = (id: number) => this.#verb('Stop after this epoch', 'job.stopAfterEpoch', id);
  cancel = (id: number) => this.#verb('Discard the job', 'job.cancel', id);

  /** Moves a queued job before another one; null puts it last. */
  async move(id: number, before: number | null): Promise<void> {
    await this.#notices.attempt('Change the order of the queue', async () => {
      await this.#client.call('job.move', { id, before });
      await this.load();
    });
  }

  async #verb(
    title: string,
    method: 'job.pause' | 'job.resume' | 'job.stop' | 'job.stopAfterEpoch' | 'job.cancel',
    id: number,
  ): Promise<void> {
    const job = await this.#notices.attempt(title, () => this.#client.call(method, { id }));
    if (job) this.#put(job);
  }

  #put(job: Job): void {
    this.#jobs = this.#jobs.some((known) => known.id === job.id)
      ? this.#jobs.map((known) => (known.id === job.id ? job : known))
      : [...this.#jobs, job];
  }
}
