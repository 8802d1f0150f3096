import type { EpochMetric, StepMetric, Warning } from '@shared/domain/run';
import type { RpcClient } from '@shared/rpc';
import { FrameBatch, perCurve, type Schedule } from './frame-batch';
import type { Notices } from './notices.svelte';
import { appendSteps, MOST_STEPS } from './step-window';

/** Curves of one run: what is stored, then what arrives. */
export class LiveRun {
  steps = $state.raw<readonly StepMetric[]>([]);
  epochs = $state.raw<readonly EpochMetric[]>([]);
  warnings = $state.raw<readonly Warning[]>([]);
}

/** Follows the training of the runs in view; bursts of steps reach the screen four times a second. */
export class Live {
  readonly #client: RpcClient;
  readonly #notices: Notices;
  readonly #runs = new Map<number, LiveRun>();

  constructor(client: RpcClient, notices: Notices, schedule: Schedule = perCurve) {
    this.#client = client;
    this.#notices = notices;
    const steps = new FrameBatch<{ id: number; steps: StepMetric[] }>((items) => {
      for (const id of new Set(items.map((item) => item.id))) {
        const run = this.#runs.get(id);
        const arrived = items.flatMap((item) => (item.id === id ? item.steps : []));
        if (run) run.steps = appendSteps(run.steps, arrived);
      }
    }, schedule);
    client.on('run.steps', (data) => {
      if (this.#runs.has(data.id)) steps.push(data);
    });
    client.on('run.epoch', ({ id, epoch }) => {
      const run = this.#runs.get(id);
      if (run) run.epochs = [...run.epochs.filter((known) => known.epoch < epoch.epoch), epoch];
    });
  }

  /** The curves of a run; the first request of a run loads what is stored. */
  of(runId: number): LiveRun {
    const known = this.#runs.get(runId);
    if (known) return known;
    const run = new LiveRun();
    this.#runs.set(runId, run);
    void this.#notices.attempt('Read the loss curves', () => this.#load(runId, run));
    return run;
  }

  /** Reads again everything in view, after the connection was away. */
  async reload(): Promise<void> {
    await Promise.all([...this.#runs].map(([id, run]) => this.#load(id, run)));
  }

  async reloadWarnings(runId: number): Promise<void> {
    const run = this.#runs.get(runId);
    if (run) run.warnings = await this.#client.call('run.warnings', { id: runId });
  }

  clear(): void {
    this.#runs.clear();
  }

  async #load(id: number, run: LiveRun): Promise<void> {
    const [stored, epochs, warnings] = await Promise.all([
      this.#client.call('run.steps', { id, afterStep: -1, maxPoints: MOST_STEPS / 2 }),
      this.#client.call('run.epochs', { id }),
      this.#client.call('run.warnings', { id }),
    ]);
    run.steps = appendSteps(stored.steps, run.steps);
    run.epochs = epochs;
    run.warnings = warnings;
  }
}
