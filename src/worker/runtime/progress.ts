import type { Job } from './job';

const everyMs = 250;

/** Tells the host how far a job is, at most four times a second, with an estimate of the time left. */
export class Progress {
  readonly #job: Job;
  readonly #usual: string;
  #unit: string;
  #phase = '';
  #done = 0;
  #total = 0;
  #phaseStartMs = 0;
  #phaseStartDone = 0;
  #toldMs = -Infinity;

  /** @param unit what is counted: `steps`, `images` */
  constructor(job: Job, unit: string) {
    this.#job = job;
    this.#usual = this.#unit = unit;
  }

  /**
   * A stretch of work of one pace; the time left is estimated from this stretch alone.
   * @param phase in plain words: "attacking"
   * @param done already done, in this or an earlier sitting
   * @param unit where this stretch counts something else: opening files is not yet work done
   */
  begin(phase: string, done: number, total: number, unit = this.#usual): void {
    this.#unit = unit;
    this.#phase = phase;
    this.#total = total;
    this.#done = done;
    this.#phaseStartDone = done;
    this.#phaseStartMs = this.#job.control.activeMs;
    this.#tell();
  }

  /** @param phase new words for the same stretch: "training, epoch 3 of 20" */
  at(done: number, phase = this.#phase): void {
    this.#done = done;
    const changed = phase !== this.#phase;
    this.#phase = phase;
    if (changed || done === this.#total || performance.now() - this.#toldMs >= everyMs) {
      this.#tell();
    }
  }

  #tell(): void {
    this.#toldMs = performance.now();
    this.#job.post({
      type: 'progress',
      progress: {
        done: this.#done,
        total: this.#total,
        unit: this.#unit,
        phase: this.#phase,
        leftMs: this.#leftMs(),
      },
    });
  }

  /** Null until two units and a second are behind it: earlier guesses are mostly warm-up. */
  #leftMs(): number | null {
    const units = this.#done - this.#phaseStartDone;
    const spentMs = this.#job.control.activeMs - this.#phaseStartMs;
    if (units < 2 || spentMs < 1000) return null;
    return Math.round((spentMs / units) * (this.#total - this.#done));
  }
}
