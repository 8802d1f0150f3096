import type { ModelInfo, Preset } from '@shared/domain/catalogue';
import type { Split } from '@shared/domain/dataset';
import type { InitialChoice } from '@shared/domain/weights';
import { toErrorData, type LabErrorData } from '@shared/errors';
import { defaultValues, type ParamValues } from '@shared/params';
import type { Preflight } from '@shared/domain/preflight';
import type { PairDraft as Draft, Repeats } from '@shared/rpc';
import type { TwinKind } from '@shared/twin';
import { partsOf } from '@shared/weights/initial';
import { departures, fieldError, type Level } from './param-form';
import type { Runs } from './runs.svelte';

/** The form of a new pair: one set of values for both runs, and what the twin adds. */
export class PairDraft {
  readonly #runs: Runs;
  #model = $state.raw<ModelInfo | null>(null);
  #error = $state.raw<LabErrorData | null>(null);
  #busy = $state(false);
  #checking = $state(false);
  /** What the last check found, and the form it was about. */
  #checked = $state.raw<{ readonly mark: string; readonly found: Preflight } | null>(null);
  name = $state('');
  splitId = $state<number | null>(null);
  seed = $state<number | null>(1);
  /** How often the pair is trained; 1 for a pair on its own. */
  repeats = $state<number | null>(1);
  /** What repeats differ in. */
  over = $state<Repeats['over']>('seeds');
  /** Splits made alike with other seeds, the chosen one among them. */
  siblings = $state.raw<readonly Split[]>([]);
  /** What both runs start from; undefined until it is said. */
  initial = $state.raw<InitialChoice | undefined>(undefined);
  level = $state<Level>('paper');
  modelParams = $state.raw<ParamValues>({});
  trainer = $state.raw<ParamValues>({});
  nt = $state.raw<ParamValues>({});
  /** Settings of adversarial training. */
  at = $state.raw<ParamValues>({});
  twin = $state<TwinKind>('nt');

  /** Settings whose value is not the paper's. */
  readonly departures = $derived(
    this.#model
      ? [
          ...departures(this.#model.trainer, this.trainer),
          ...(this.twin === 'at' ? [] : departures(this.#model.nt, this.nt)),
          ...departures(this.#model.params, this.modelParams),
        ]
      : [],
  );
  readonly problem = $derived.by(() => {
    const model = this.#model;
    if (!model) return 'Choose a model.';
    if (this.splitId === null) return 'Choose a split.';
    if (this.name.trim() === '') return 'Give the pair a name.';
    if (this.seed === null || !Number.isInteger(this.seed) || this.seed < 0) {
      return 'The seed must be a whole number of at least 0.';
    }
    if (this.repeats === null || !Number.isInteger(this.repeats) || this.repeats < 1) {
      return 'The number of repeats must be a whole number of at least 1.';
    }
    if (this.repeats > 100) return 'At most 100 repeats can be made at once.';
    if (this.repeats > 1 && this.over === 'splits' && this.siblings.length < this.repeats) {
      return `There are ${this.siblings.length} splits made like this one: make more, or repeat over seeds.`;
    }
    const parts = partsOf({ modelId: model.id, modelParams: this.modelParams });
    if (parts.length > 0 && this.initial === undefined)
      return `Say what ${model.title} starts from.`;
    const blocks = [
      [model.trainer, this.trainer],
      [this.twin === 'at' ? [] : model.nt, this.nt],
      [this.twin === 'nt' ? [] : model.at, this.at],
      [model.params, this.modelParams],
    ] as const;
    for (const [specs, values] of blocks) {
      for (const spec of specs) {
        const wrong = fieldError(spec, values[spec.id]);
        if (wrong) return `${spec.label} ${wrong}`;
      }
    }
    return null;
  });

  constructor(runs: Runs) {
    this.#runs = runs;
  }

  get model(): ModelInfo | null {
    return this.#model;
  }

  get error(): LabErrorData | null {
    return this.#error;
  }

  get busy(): boolean {
    return this.#busy;
  }

  get checking(): boolean {
    return this.#checking;
  }

  /** Takes a model with its own defaults; the name follows until the person has typed one. */
  setModel(model: ModelInfo): void {
    if (this.name === '' || this.name === this.#model?.title) this.name = model.title;
    this.#model = model;
    this.initial = undefined;
    this.modelParams = defaultValues(model.params);
    this.trainer = defaultValues(model.trainer);
    this.nt = defaultValues(model.nt);
    this.at = defaultValues(model.at);
  }

  /** Defaults with the preset's values over them. */
  apply(preset: Preset): void {
    const model = this.#model;
    if (!model) return;
    this.modelParams = defaultValues(model.params, preset.model);
    this.trainer = defaultValues(model.trainer, preset.trainer);
    this.nt = defaultValues(model.nt, preset.nt);
  }

  #asRepeats(): Repeats | null {
    const count = this.repeats ?? 1;
    if (count < 2) return null;
    if (this.over === 'seeds') return { over: 'seeds', count };
    return { over: 'splits', splitIds: this.siblings.slice(0, count).map(({ id }) => id) };
  }

  /** As the host takes it; null while something is missing. */
  asDraft(datasetId: number): Draft | null {
    const model = this.#model;
    if (this.problem !== null || !model || this.splitId === null || this.seed === null) return null;
    return {
      name: this.name.trim(),
      datasetId,
      splitId: this.splitId,
      modelId: model.id,
      modelParams: this.modelParams,
      trainer: this.trainer,
      nt: this.nt,
      twin: this.twin,
      at: this.twin === 'nt' ? undefined : this.at,
      seed: this.seed,
      initial: this.initial,
    };
  }

  /** What a check found, while the form is still what was checked. */
  get preflight(): Preflight | null {
    const checked = this.#checked;
    return checked?.mark === this.#mark() ? checked.found : null;
  }

  #mark(): string {
    const { splitId, seed, repeats, over, initial, modelParams, trainer, nt, twin, at } = this;
    const values = { splitId, seed, repeats, over, initial, modelParams, trainer, nt, twin, at };
    return JSON.stringify({ ...values, model: this.#model?.id });
  }

  /**
   * Measures a few real steps of both twins; starts nothing.
   * @param pairs how many pairs a sweep makes of the form
   */
  async check(datasetId: number, pairs = 1): Promise<void> {
    const draft = this.asDraft(datasetId);
    if (!draft) return;
    const mark = this.#mark();
    this.#checking = true;
    this.#error = null;
    try {
      const found = await this.#runs.checkPair(draft, Math.max(pairs, this.repeats ?? 1));
      this.#checked = { mark, found };
    } catch (thrown) {
      this.#error = toErrorData(thrown);
    } finally {
      this.#checking = false;
    }
  }

  async create(datasetId: number): Promise<boolean> {
    return await this.start(datasetId, (draft) => this.#runs.createPair(draft, this.#asRepeats()));
  }

  /** Does something with the pair as the form has it; what goes wrong is shown with the form. */
  async start(datasetId: number, work: (draft: Draft) => Promise<void>): Promise<boolean> {
    const draft = this.asDraft(datasetId);
    if (!draft) return false;
    this.#busy = true;
    this.#error = null;
    try {
      await work(draft);
      return true;
    } catch (thrown) {
      this.#error = toErrorData(thrown);
      return false;
    } finally {
      this.#busy = false;
    }
  }
}
