import type { JobProgress } from '@shared/domain/run';
import type { LabErrorData, LabErrorKind } from '@shared/errors';
import { must, toErrorData } from '@shared/errors';
import { storageError } from '../db/errors';
import type { JobRecord } from '../db/jobs';
import { updateJob } from '../db/jobs';
import type { JobBoard } from './board';
import { moveJob } from './moves';
import { record, recordFitted, recordTrained } from './recorder';
import { tellRecorded } from './tell-recorded';
import type { JobTiming } from './timing';
import type { WorkerHost } from './worker-host';
import type { JobMessage } from './worker-host-events';

/** What a person, or the lab itself, asked of the job in the worker. */
export type Want = 'stop' | 'cancel' | 'close';

export interface ActiveJobParts {
  readonly board: JobBoard;
  readonly worker: WorkerHost;
  readonly timing: JobTiming;
  /** Told after the job was paused, went on or ended. */
  readonly changed: () => void;
  /** Told of a failure that could not even be recorded. */
  readonly report: (thrown: unknown) => void;
}

/**
 * The one job the worker holds, from the moment it is chosen until its state is final or can be
 * resumed. Whatever happens, by word of the worker or by its death, it ends exactly once.
 */
export class ActiveJob {
  /** `starting` until the worker has been given the payload; then the job's lease is running. */
  phase: 'starting' | 'running' | 'paused' | 'ended' = 'starting';
  #want: Want | null = null;
  #fate: LabErrorData | null = null;
  #pauseNote: string | null = null;
  #progress: JobProgress | null = null;
  #writtenMs = 0;
  #heardMs = Date.now();
  #timer: NodeJS.Timeout | null = null;
  /** The job's end, where the disk did not take it yet. */
  #unwritten: (() => void) | null = null;
  #closing = false;

  constructor(
    readonly job: JobRecord,
    private readonly parts: ActiveJobParts,
  ) {}

  /** The worker has been given the payload. */
  begin(): void {
    this.phase = 'running';
    this.#heardMs = Date.now();
  }

  /** The worker has given a sign of life, which renews the job's lease. */
  heard(): void {
    this.#heardMs = Date.now();
    if (this.phase === 'running' || this.phase === 'paused') this.#guard(() => this.#heartbeat());
  }

  /** The computer has slept: the worker's silence means nothing. */
  forgiveSilence(): void {
    this.#heardMs = Date.now();
  }

  /** Asks the worker to end the job, and kills the worker when it does not. */
  end(want: Want, graceMs = this.parts.timing.graceMs): void {
    this.#want = want;
    if (this.phase === 'starting' || this.phase === 'ended') return;
    this.parts.worker.control(this.job.id, 'stop');
    this.#timer ??= setTimeout(() => this.parts.worker.kill(), graceMs);
  }

  /** The lab closes: the job ends where it can be resumed, and nothing is tried again later. */
  close(graceMs: number): void {
    this.#closing = true;
    if (this.#unwritten) this.#finish(this.#unwritten);
    else this.end(this.#want ?? 'close', graceMs);
  }

  /** @param note said once the pause arrives, which takes a step */
  pause(note = 'Paused. Resume continues at once.'): void {
    if (this.phase !== 'running') return;
    this.#pauseNote = note;
    this.parts.worker.control(this.job.id, 'pause');
  }

  resume(): void {
    this.parts.worker.control(this.job.id, 'resume');
  }

  stopAfterEpoch(): void {
    this.parts.worker.control(this.job.id, 'stop-after-epoch');
    this.parts.board.note(this.job.id, 'stops at the end of this epoch');
  }

  /** Gives the job up when the worker has been silent for too long. */
  checkSilence(nowMs: number): void {
    if (this.phase !== 'running' || nowMs - this.#heardMs < this.parts.timing.hangMs) return;
    const minutes = Math.round(this.parts.timing.hangMs / 60_000);
    this.#giveUp({
      kind: 'worker-died',
      message: `the compute process has not answered for ${minutes} minutes and was ended`,
      safe: 'Everything recorded so far is kept.',
      next: 'Press Resume to continue.',
    });
  }

  receive(message: JobMessage): void {
    // A word that was on its way when the job was given up is not about anything any more.
    if (this.phase === 'starting' || this.phase === 'ended' || this.#fate) return;
    this.#guard(() => this.#handle(message));
  }

  /** The worker is gone. While the job is starting, its own request for an engine tells. */
  workerEnded(error: LabErrorData): void {
    if (this.phase === 'starting' || this.phase === 'ended') return;
    const why = this.#fate;
    if (this.#want === 'cancel') this.#finish(() => this.#move('cancelled'));
    else if (why && why.kind !== 'disk-full' && why.kind !== 'worker-died') {
      this.#finish(() => this.#move('failed', { error: why }));
    } else if (this.#want && !why) this.#stopped();
    else this.#finish(() => this.#interrupted(why ?? error));
  }

  #handle(message: JobMessage): void {
    const { job } = this;
    const { board } = this.parts;
    switch (message.type) {
      case 'started':
        return;
      case 'progress':
        this.#progress = message.progress;
        this.#heartbeat();
        board.events.emit('job.progress', { id: job.id, progress: message.progress });
        return;
      case 'steps':
      case 'epoch':
      case 'scores':
      case 'attacks':
      case 'norms':
      case 'warning':
      case 'checkpoint':
        record(board.db, board.layout, job, message);
        this.#heartbeat();
        tellRecorded(board.events, job, message);
        if (message.type === 'epoch' || message.type === 'checkpoint') board.tellRun(job.runId);
        return;
      case 'paused':
        this.phase = 'paused';
        board.move(job.id, 'paused', { note: this.#pauseNote, progress: this.#progress });
        this.parts.changed();
        return;
      case 'resumed':
        if (this.phase !== 'paused') return;
        this.phase = 'running';
        board.move(job.id, 'running');
        this.parts.changed();
        return;
      case 'stopped':
        this.#stopped();
        return;
      case 'done':
        this.#finish(() => this.#done(message));
        return;
      case 'failed':
        // A full disk passes: the job can go on, and what waits for it goes on waiting.
        if (message.error.kind === 'disk-full')
          this.#finish(() => this.#interrupted(message.error));
        else this.#finish(() => this.#move('failed', { error: message.error }));
    }
  }

  #done({ train: summary, fit }: Extract<JobMessage, { type: 'done' }>): void {
    const { job } = this;
    const { board } = this.parts;
    const note = summary?.stoppedEarly
      ? `Stopped after epoch ${summary.epochs} as asked; judged by epoch ${summary.selectedEpoch}.`
      : null;
    const done = board.db.transaction(() => {
      if (job.kind === 'train') {
        const trained = must(summary, 'a finished training reports what it trained');
        recordTrained(board.db, board.layout, job, trained);
      }
      if (job.kind === 'fit') {
        recordFitted(board.db, board.layout, job, must(fit, 'a finished fit reports its file'));
      }
      return moveJob(board.db, job.id, 'done', { note, progress: this.#progress });
    });
    board.tell(done);
    if (job.kind === 'fit') board.events.emit('weights.changed', {});
  }

  #stopped(): void {
    const { job } = this;
    const { board } = this.parts;
    const want = this.#want;
    const where = (): string => board.where(this.#now());
    if (want === 'cancel') this.#finish(() => this.#move('cancelled'));
    else if (want === 'close' && this.phase === 'paused') {
      this.#finish(() => {
        const note = `Paused when the lab was closed ${where()}`;
        updateJob(board.db, job.id, { note, lease: null, heartbeatMs: null });
      });
    } else {
      const how = want === 'close' ? 'The lab was closed' : 'Stopped';
      this.#finish(() => this.#move('interrupted', { note: `${how} ${where()}` }));
    }
  }

  #interrupted(error: LabErrorData): void {
    const note = `${sentence(error.message)} It stopped ${this.parts.board.where(this.#now())}`;
    this.#move('interrupted', { error, note });
  }

  /** The job with how far it has come, which is stored only now and then. */
  #now(): JobRecord {
    return { ...this.job, progress: this.#progress ?? this.job.progress };
  }

  #move(...[to, patch]: [Parameters<JobBoard['move']>[1], Parameters<JobBoard['move']>[2]?]): void {
    const progress = this.#progress ? { progress: this.#progress } : {};
    this.parts.board.move(this.job.id, to, { ...progress, ...patch });
  }

  /** Renews the lease, with the progress, at most every `writeMs`. */
  #heartbeat(): void {
    const now = Date.now();
    if (now - this.#writtenMs < this.parts.timing.writeMs) return;
    this.#writtenMs = now;
    updateJob(this.parts.board.db, this.job.id, { heartbeatMs: now, progress: this.#progress });
  }

  #guard(write: () => void): void {
    try {
      write();
    } catch (thrown) {
      this.#giveUp(toErrorData(storageError(thrown, this.parts.board.layout.database)));
    }
  }

  /** Nothing more can be stored of this job: end its worker, and say why once it is gone. */
  #giveUp(why: LabErrorData): void {
    this.#fate = why;
    this.parts.worker.kill();
  }

  /**
   * Writes the job's end. Where the disk refuses even that, it is tried again until it works or the
   * lab closes; the next start's sweep then finds the lease and says what happened.
   */
  #finish(write: () => void): void {
    try {
      write();
    } catch (thrown) {
      const error = toErrorData(storageError(thrown, this.parts.board.layout.database));
      if (storageKinds.includes(error.kind)) {
        if (this.#timer) clearTimeout(this.#timer);
        this.#unwritten = write;
        if (this.#closing) this.#retire();
        else this.#timer = setTimeout(() => this.#finish(write), this.parts.timing.retryMs);
        return;
      }
      // The result itself cannot be stored, such as a scale that is not a number.
      this.#finishFailed(error);
    }
    this.#retire();
  }

  #finishFailed(error: LabErrorData): void {
    try {
      this.parts.board.move(this.job.id, 'failed', { error });
    } catch (thrown) {
      this.parts.report(thrown);
    }
  }

  #retire(): void {
    this.phase = 'ended';
    if (this.#timer) clearTimeout(this.#timer);
    this.parts.changed();
  }
}

/** Failures of the disk, which may pass. */
const storageKinds: readonly LabErrorKind[] = [
  'disk-full',
  'read-only',
  'locked',
  'unreadable-file',
];

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
