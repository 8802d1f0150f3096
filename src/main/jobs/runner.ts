import type { LabErrorData } from '@shared/errors';
import { LabError, toErrorData } from '@shared/errors';
import { storageError } from '../db/errors';
import type { JobRecord } from '../db/jobs';
import { listJobsInState, moveJobBefore } from '../db/jobs';
import { getRun } from '../db/runs';
import { ActiveJob } from './active-job';
import type { JobBoard } from './board';
import { deferred } from './deferred';
import type { FreeBytes } from './disk-guard';
import { diskShortage } from './disk-guard';
import { launch } from './launch';
import type { Waiting } from './queue';
import { planQueue } from './queue';
import type { JobTiming } from './timing';
import type { WorkerHost } from './worker-host';
import type { JobMessage } from './worker-host-events';

export interface RunnerOptions {
  readonly board: JobBoard;
  readonly worker: WorkerHost;
  readonly timing: JobTiming;
  /** Leaves jobs of earlier sessions alone until somebody starts or resumes one. */
  readonly holdLeftOver: boolean;
  readonly freeBytes?: FreeBytes;
  /** Told of failures that concern no single job. */
  readonly report: (thrown: unknown) => void;
}

/** Runs the queue of one open workspace on the worker, one job at a time. */
export class JobRunner {
  readonly #options: RunnerOptions;
  readonly #board: JobBoard;
  readonly #watch: NodeJS.Timeout;
  #retry: NodeJS.Timeout | null = null;
  #active: ActiveJob | null = null;
  #starting: Promise<void> = Promise.resolve();
  #idle = deferred<undefined>();
  #held: boolean;
  #closing = false;
  #watchedMs = Date.now();

  constructor(options: RunnerOptions) {
    this.#options = options;
    this.#board = options.board;
    this.#held = options.holdLeftOver;
    this.#watch = setInterval(() => void this.#look(), options.timing.watchMs);
    this.#watch.unref();
  }

  get busy(): boolean {
    return this.#active !== null;
  }

  /** Starts the next job if one may start, and says why the others wait. */
  pump(): void {
    if (this.#closing) return;
    try {
      const plan = planQueue(this.#waiting(), this.#blockedBy());
      for (const [id, note] of plan.cancel) this.#board.move(id, 'cancelled', { note });
      for (const [id, note] of plan.notes) this.#board.note(id, note);
      if (plan.start !== null) this.#start(this.#board.get(plan.start));
    } catch (thrown) {
      this.#options.report(storageError(thrown, this.#board.layout.database));
      this.#pumpLater();
    }
  }

  /** Somebody asked for work: jobs of earlier sessions may run as well. */
  release(): void {
    this.#held = false;
    this.pump();
  }

  pause(id: number): JobRecord {
    const active = this.#activeFor(id);
    if (active) active.pause();
    else this.#board.move(id, 'paused', { note: 'Paused before it started.' });
    this.pump();
    return this.#board.get(id);
  }

  /** A paused job in the worker goes on at once; any other takes its place in the queue. */
  resume(id: number): JobRecord {
    const job = this.#board.get(id);
    if (this.#activeFor(id)) this.#activeFor(id)?.resume();
    else if (job.state !== 'queued') {
      this.#refuseHopeless(job);
      this.#board.move(id, 'queued');
    }
    this.release();
    return this.#board.get(id);
  }

  /** Ends a job so that it can be resumed: at the next step, keeping what is done. */
  stop(id: number): JobRecord {
    const active = this.#activeFor(id);
    if (active) {
      this.#board.note(id, 'stopping');
      active.end('stop');
    } else if (this.#board.get(id).state === 'queued') return this.pause(id);
    else this.#board.move(id, 'interrupted', { note: `Stopped ${this.#where(id)}` });
    return this.#board.get(id);
  }

  stopAfterEpoch(id: number): JobRecord {
    const active = this.#activeFor(id);
    if (active?.job.kind !== 'train') {
      throw new LabError({
        kind: 'conflict',
        message: `${this.#board.get(id).title} is not in training, so it has no epoch to finish`,
        safe: 'Nothing was changed.',
        next: 'Use Stop.',
      });
    }
    active.stopAfterEpoch();
    return this.#board.get(id);
  }

  /** Ends a job for good, as far as the person knows now; what is recorded stays. */
  cancel(id: number): JobRecord {
    const active = this.#activeFor(id);
    if (active) {
      this.#board.note(id, 'stopping');
      active.end('cancel');
    } else this.#board.move(id, 'cancelled');
    this.pump();
    return this.#board.get(id);
  }

  /** Changes the order of waiting jobs; `before` null puts the job last. */
  reorder(id: number, before: number | null): void {
    this.#board.get(id);
    if (before !== null) this.#board.get(before);
    moveJobBefore(this.#board.db, id, before);
    this.#board.tell(this.#board.get(id));
    this.pump();
  }

  receive(message: JobMessage): void {
    if (this.#active?.job.id === message.jobId) this.#active.receive(message);
  }

  alive(): void {
    this.#active?.heard();
  }

  workerEnded(error: LabErrorData): void {
    this.#active?.workerEnded(error);
  }

  /** Stops what runs so that it can be resumed; returns when nothing is written any more. */
  async close(): Promise<void> {
    this.#closing = true;
    clearInterval(this.#watch);
    if (this.#retry) clearTimeout(this.#retry);
    const { worker, timing } = this.#options;
    this.#active?.close(timing.closeGraceMs);
    // Loading an engine takes a while and cannot be interrupted otherwise.
    if (this.#active?.phase === 'starting' && !worker.engineState.current) worker.kill();
    await this.#starting;
    if (this.#active) await this.#idle.promise;
  }

  /** The job in the worker, once it is there: before, it is a queued one like the others. */
  #activeFor(id: number): ActiveJob | null {
    const active = this.#active;
    return active?.job.id === id && active.phase !== 'starting' ? active : null;
  }

  #start(job: JobRecord): void {
    const { board, worker, timing, report } = this.#options;
    const changed = (): void => this.#changed(active);
    const active = new ActiveJob(job, { board, worker, timing, changed, report });
    this.#active = active;
    this.pump();
    this.#starting = this.#launch(active);
  }

  async #launch(active: ActiveJob): Promise<void> {
    const { worker, freeBytes } = this.#options;
    const { id } = active.job;
    try {
      const { root } = this.#board.layout;
      const shortage = await diskShortage(this.#board.db, root, active.job, freeBytes);
      if (shortage === null) {
        const wanted = (): boolean =>
          !this.#closing && getRun(this.#board.db, active.job.runId).deletedAtMs === null;
        if (await launch(active, this.#board, worker, wanted)) return;
      } else {
        this.#board.note(id, `waits: ${shortage}`);
        this.#pumpLater();
      }
      this.#vacate(active, shortage === null);
    } catch (thrown) {
      const error = toErrorData(storageError(thrown, this.#board.layout.root));
      try {
        const failed = !this.#closing && this.#board.get(id).state === 'queued';
        if (failed) this.#board.move(id, 'failed', { error });
      } catch (second) {
        this.#options.report(second);
        this.#pumpLater();
      }
      this.#vacate(active, true);
    }
  }

  #changed(active: ActiveJob): void {
    if (active.phase === 'ended') this.#vacate(active, true);
    else this.pump();
  }

  #vacate(active: ActiveJob, next: boolean): void {
    if (this.#active !== active) return;
    this.#active = null;
    this.#idle.resolve(undefined);
    this.#idle = deferred();
    if (next) this.pump();
  }

  #waiting(): Waiting[] {
    return listJobsInState(this.#board.db, 'queued').flatMap((job) => {
      const run = getRun(this.#board.db, job.runId);
      if (run.deletedAtMs !== null || job.id === this.#active?.job.id) return [];
      const { id, kind } = job;
      return [{ id, kind, dataOnly: isDataOnly(job), runName: run.name, training: run.state }];
    });
  }

  #blockedBy(): string | null {
    const active = this.#active;
    if (active?.phase === 'paused') {
      return `waits: ${active.job.title} is paused and holds the compute process`;
    }
    if (active) return `waits for ${active.job.title}`;
    return this.#held ? 'left from the last session; Resume starts it' : null;
  }

  /** A batch on a run that will never be trained would only be cancelled again. */
  #refuseHopeless(job: JobRecord): void {
    const run = getRun(this.#board.db, job.runId);
    const hopeless = run.state === 'failed' || run.state === 'cancelled';
    if (job.kind === 'train' || isDataOnly(job) || !hopeless) return;
    throw new LabError({
      kind: 'conflict',
      message: `the training of ${run.name} is ${run.state}, so there is nothing to measure`,
      safe: 'Nothing was changed.',
      next: 'Resume the training first.',
    });
  }

  #where(id: number): string {
    return this.#board.where(this.#board.get(id));
  }

  #pumpLater(): void {
    if (this.#retry) clearTimeout(this.#retry);
    this.#retry = setTimeout(() => this.pump(), this.#options.timing.retryMs);
    this.#retry.unref();
  }

  /** Looks after the job in the worker: is there room on the disk, does the worker still answer? */
  async #look(): Promise<void> {
    const active = this.#active;
    const now = Date.now();
    // After the computer has slept, the worker's silence means nothing.
    if (now - this.#watchedMs > 3 * this.#options.timing.watchMs) active?.forgiveSilence();
    this.#watchedMs = now;
    if (active?.phase !== 'running') return;
    active.checkSilence(now);
    try {
      const { freeBytes } = this.#options;
      const { db, layout } = this.#board;
      const shortage = await diskShortage(db, layout.root, active.job, freeBytes);
      if (shortage !== null) {
        active.pause(`Paused: ${shortage}. Free some space, then press Resume.`);
      }
    } catch (thrown) {
      this.#options.report(storageError(thrown, this.#board.layout.root));
    }
  }
}

function isDataOnly({ spec }: JobRecord): boolean {
  return spec.kind === 'fit' && spec.on === 'data';
}
