import type { Side } from '@shared/domain/dataset';
import { toErrorData, type LabErrorData } from '@shared/errors';
import type { ParamSpec, ParamValues } from '@shared/params';
import { fieldError, type Level } from './param-form';

/** What attack and norm forms share: which runs, which side, how many pictures. */
export class BatchDraft {
  #error = $state.raw<LabErrorData | null>(null);
  #busy = $state(false);
  runIds = $state.raw<readonly number[]>([]);
  side = $state<Side>('test');
  /** Null measures every picture of the side. */
  limit = $state<number | null>(null);
  level = $state<Level>('paper');

  get error(): LabErrorData | null {
    return this.#error;
  }

  get busy(): boolean {
    return this.#busy;
  }

  /** Adds all of `ids`, or takes them out when all are in. */
  toggle(ids: readonly number[]): void {
    const all = ids.every((id) => this.runIds.includes(id));
    const others = this.runIds.filter((id) => !ids.includes(id));
    this.runIds = all ? others : [...others, ...ids];
  }

  /** What is wrong with the form, in a sentence; null when it can start. */
  problem(blocks: readonly (readonly [readonly ParamSpec[], ParamValues])[]): string | null {
    if (this.runIds.length === 0) return 'Choose at least one trained run.';
    if (this.limit !== null && !(Number.isInteger(this.limit) && this.limit > 0)) {
      return 'The number of pictures must be a whole number above 0.';
    }
    for (const [specs, values] of blocks) {
      for (const spec of specs) {
        const wrong = fieldError(spec, values[spec.id]);
        if (wrong) return `${spec.label} ${wrong}`;
      }
    }
    return null;
  }

  /** Runs the start call; a refusal stays with the form. */
  async start(work: () => Promise<unknown>): Promise<boolean> {
    this.#busy = true;
    this.#error = null;
    try {
      await work();
      return true;
    } catch (thrown) {
      this.#error = toErrorData(thrown);
      return false;
    } finally {
      this.#busy = false;
    }
  }
}
