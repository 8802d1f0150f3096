import type { SplitSpec } from '@shared/domain/dataset';
import { toErrorData, type LabErrorData } from '@shared/errors';
import type { Result } from '@shared/rpc';
import type { Splits } from './splits.svelte';

type IndexFile = Result<'split.readIndexFile'>;

/** The form of a new split; nothing is stored before `create` succeeds. */
export class SplitDraft {
  readonly #splits: Splits;
  readonly #datasetId: number;
  #error = $state.raw<LabErrorData | null>(null);
  #busy = $state(false);
  #indexFile = $state.raw<IndexFile | null>(null);
  method = $state<'random' | 'grouped' | 'imported'>('grouped');
  name = $state('80/20');
  testPercent = $state<number | null>(20);
  validationPercent = $state<number | null>(10);
  seed = $state<number | null>(1);
  repeats = $state<number | null>(1);

  readonly problem = $derived.by(() => {
    if (this.name.trim() === '') return 'Give the split a name.';
    if (this.method === 'imported') {
      if (!this.#indexFile) return 'Choose an index file.';
    } else if (!within(this.testPercent, 1, 90)) return 'The test share must be 1 to 90 %.';
    if (!within(this.validationPercent, 0, 90)) return 'The validation share must be 0 to 90 %.';
    if (!isWhole(this.seed, 0)) return 'The seed must be a whole number of at least 0.';
    if (!isWhole(this.repeats, 1)) return 'There must be at least one repeat.';
    return null;
  });

  constructor(splits: Splits, datasetId: number) {
    this.#splits = splits;
    this.#datasetId = datasetId;
  }

  get error(): LabErrorData | null {
    return this.#error;
  }

  get busy(): boolean {
    return this.#busy;
  }

  get indexFile(): IndexFile | null {
    return this.#indexFile;
  }

  async readIndexFile(path: string): Promise<void> {
    await this.#guard(async () => {
      this.#indexFile = await this.#splits.readIndexFile(this.#datasetId, path);
    });
  }

  async create(): Promise<void> {
    const spec = this.#spec();
    if (!spec) return;
    const repeats = this.method === 'imported' ? 1 : (this.repeats ?? 1);
    await this.#guard(async () => {
      await this.#splits.create(this.#datasetId, this.name.trim(), spec, repeats);
    });
  }

  #spec(): SplitSpec | null {
    const validationShare = (this.validationPercent ?? 0) / 100;
    const seed = this.seed ?? 0;
    if (this.problem !== null) return null;
    if (this.method === 'imported') {
      const file = this.#indexFile;
      return file ? { method: 'imported', ...file, seed, validationShare } : null;
    }
    return {
      method: 'random',
      seed,
      testShare: (this.testPercent ?? 0) / 100,
      validationShare,
      grouped: this.method === 'grouped',
    };
  }

  async #guard(work: () => Promise<void>): Promise<void> {
    this.#busy = true;
    this.#error = null;
    try {
      await work();
    } catch (thrown) {
      this.#error = toErrorData(thrown);
    } finally {
      this.#busy = false;
    }
  }
}

function within(value: number | null, low: number, high: number): boolean {
  return value !== null && value >= low && value <= high;
}

function isWhole(value: number | null, low: number): boolean {
  return value !== null && Number.isInteger(value) && value >= low;
}
