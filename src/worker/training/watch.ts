import type { Warning } from '@shared/domain/run';

const WINDOW = 50;
const ENOUGH = 10;
const FACTOR = 10;

/** Notices a loss that leaps: more than ten times the median of the last 50 steps. Says so once per epoch. */
export class LossWatch {
  readonly #recent: number[] = [];
  #warnedEpoch = -1;

  /** @returns a warning for this step, if it is one */
  add(total: number, epoch: number, step: number): Warning | undefined {
    const median = medianOf(this.#recent);
    const leapt =
      this.#recent.length >= ENOUGH && total > FACTOR * median && epoch !== this.#warnedEpoch;
    this.#recent.push(total);
    if (this.#recent.length > WINDOW) this.#recent.shift();
    if (!leapt) return undefined;
    this.#warnedEpoch = epoch;
    return {
      code: 'loss-jump',
      message: `the loss leapt to ${total.toPrecision(3)} at step ${step}, the median of the steps before is ${median.toPrecision(3)}`,
    };
  }
}

function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}
