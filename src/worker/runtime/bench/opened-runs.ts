import type { BenchPayload } from '@shared/worker-protocol';
import { TrainedRun } from '../trained-run';

/** A pair: both twins stay open while one turns a setting. */
const mostRuns = 2;

/** Decoded pictures held per run, in bytes: two dozen of 500 x 500, or a few of 12 million pixels. */
const pictureBytes = 64 * 2 ** 20;

/** Trained runs kept open between questions of the bench; the one used longest ago gives way. */
export class OpenedRuns {
  readonly #runs = new Map<string, TrainedRun>();

  /** @throws LabError as `TrainedRun.open` */
  async open(payload: BenchPayload): Promise<TrainedRun> {
    const key = `${payload.runId} ${payload.checkpoint}`;
    let run = this.#runs.get(key);
    if (run) this.#runs.delete(key);
    else {
      this.#makeRoom();
      run = await TrainedRun.open(payload, { pictureBytes });
    }
    this.#runs.set(key, run);
    return run;
  }

  /** Gives back every model. */
  dispose(): void {
    for (const run of this.#runs.values()) run.dispose();
    this.#runs.clear();
  }

  /** A Map iterates in the order of insertion, and a run that is used is put back last. */
  #makeRoom(): void {
    for (const [key, run] of this.#runs) {
      if (this.#runs.size < mostRuns) return;
      run.dispose();
      this.#runs.delete(key);
    }
  }
}
