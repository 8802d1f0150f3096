import { toErrorData, type LabErrorData } from '@shared/errors';

/** Something to be read: an error in three parts, or a plain message with an optional way back. */
export interface Notice {
  readonly id: number;
  /** What was being attempted: "Import the data set". */
  readonly title: string;
  readonly error: LabErrorData | null;
  readonly undo: (() => void) | null;
}

const MOST_SHOWN = 4;

/** Notices stay until they are dismissed: an error that vanishes by itself was never said. */
export class Notices {
  #items = $state.raw<readonly Notice[]>([]);
  #nextId = 1;

  get items(): readonly Notice[] {
    return this.#items;
  }

  fail(title: string, thrown: unknown): void {
    const error = toErrorData(thrown);
    if (this.#items.some((item) => item.title === title && item.error?.message === error.message)) {
      return;
    }
    this.#add({ title, error, undo: null });
  }

  tell(title: string, undo: (() => void) | null = null): void {
    this.#add({ title, error: null, undo });
  }

  dismiss(id: number): void {
    this.#items = this.#items.filter((item) => item.id !== id);
  }

  /** Runs an action; a failure becomes a notice and the result is undefined. */
  async attempt<T>(title: string, work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (thrown) {
      this.fail(title, thrown);
      return undefined;
    }
  }

  #add(notice: Omit<Notice, 'id'>): void {
    this.#items = [...this.#items, { ...notice, id: this.#nextId++ }].slice(-MOST_SHOWN);
  }
}
