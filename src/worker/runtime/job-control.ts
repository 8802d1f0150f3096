import { LabError } from '@shared/errors';
import type { ControlAction } from '@shared/worker-protocol';
import { breathe } from '../breathe';

/** What a person asked of the running job; executors look at it between steps. */
export class JobControl {
  #wanted: 'run' | 'pause' | 'stop' = 'run';
  #stopAfterEpoch = false;
  #wake: (() => void) | null = null;
  #pausing: Promise<void> | null = null;
  #pausedMs = 0;
  readonly #startedMs = performance.now();
  readonly #onPause: (paused: boolean) => void;

  /** @param onPause told when a pause begins and when it ends */
  constructor(onPause: (paused: boolean) => void) {
    this.#onPause = onPause;
  }

  request(action: ControlAction): void {
    switch (action) {
      case 'pause':
        if (this.#wanted === 'run') this.#wanted = 'pause';
        return;
      case 'resume':
        if (this.#wanted === 'pause') this.#wanted = 'run';
        break;
      case 'stop':
        this.#wanted = 'stop';
        break;
      case 'stop-after-epoch':
        this.#stopAfterEpoch = true;
        // A paused training goes on to the end of its epoch.
        if (this.#wanted === 'pause') this.#wanted = 'run';
        break;
    }
    this.#wake?.();
  }

  get stopAfterEpoch(): boolean {
    return this.#stopAfterEpoch;
  }

  get stopping(): boolean {
    return this.#wanted === 'stop';
  }

  /** Time the job has worked, pauses left out, in milliseconds. */
  get activeMs(): number {
    return performance.now() - this.#startedMs - this.#pausedMs;
  }

  /**
   * Serves messages, then waits while the job is paused.
   * @throws LabError `cancelled` when the job is to stop
   */
  readonly checkpoint = async (): Promise<void> => {
    await breathe();
    // Several lanes of work may arrive here; they share one pause.
    if (this.#wanted === 'pause') this.#pausing ??= this.#pause();
    await this.#pausing;
    if (this.#wanted === 'stop') {
      throw new LabError({
        kind: 'cancelled',
        message: 'stopped on request',
        safe: 'Finished rows and the last checkpoint are kept.',
        next: 'Resume continues from there.',
      });
    }
  };

  async #pause(): Promise<void> {
    const since = performance.now();
    this.#onPause(true);
    while (this.#wanted === 'pause') {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    this.#wake = null;
    this.#pausing = null;
    this.#pausedMs += performance.now() - since;
    if (this.#wanted === 'run') this.#onPause(false);
  }
}
