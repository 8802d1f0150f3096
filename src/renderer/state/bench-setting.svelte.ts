import type { AttackInfo } from '@shared/domain/catalogue';
import type { DatasetImage } from '@shared/domain/dataset';
import type { Run } from '@shared/domain/run';
import { defaultValues, type ParamSpec, type ParamValues } from '@shared/params';
import { runTwinName } from '@shared/twin';
import { attackFiles } from '@shared/weights/attack-files';
import type { CatalogueState } from './catalogue.svelte';
import { fieldError, type Level } from './param-form';
import type { PairView, Runs } from './runs.svelte';
import type { WeightsState } from './weights.svelte';

/** Settings of a batch that mean nothing where one picture is only looked at. */
const batchOnly: readonly string[] = ['keepImages', 'viewsAtOnce'];

/** What is set on the bench: pair, picture, attack and its values. */
export class BenchSetting {
  readonly #runs: Runs;
  readonly #catalogue: CatalogueState;
  readonly #weights: Pick<WeightsState, 'files'>;
  #pairId = $state<number | null>(null);
  #attackId = $state<string | null>(null);
  #typed = $state.raw<ParamValues>({});
  #typedRun = $state.raw<ParamValues>({});
  image = $state.raw<DatasetImage | null>(null);
  seed = $state<number | null>(1);
  level = $state<Level>('guided');

  /** Pairs of which something is trained. */
  readonly pairs = $derived.by(() => this.#runs.pairs.filter((view) => trainedOf(view).length > 0));
  /** The chosen pair, else the newest of which both are trained. */
  readonly pair = $derived.by(
    () =>
      this.pairs.find(({ pair }) => pair.id === this.#pairId) ??
      this.pairs.find((view) => trainedOf(view).length === 2) ??
      this.pairs[0] ??
      null,
  );
  /** Trained runs of the pair, baseline first. */
  readonly twins: readonly Run[] = $derived.by(() => (this.pair ? trainedOf(this.pair) : []));
  /** What the twin of the pair is called: "+NT". */
  readonly twin: string = $derived.by(
    () => (this.pair?.nt ? runTwinName(this.pair.nt) : '') || '+NT',
  );
  readonly attacks = $derived.by(() => this.#catalogue.current.attacks);
  readonly attack: AttackInfo | null = $derived.by(
    () => this.attacks.find(({ id }) => id === this.#attackId) ?? this.attacks[0] ?? null,
  );
  readonly params = $derived.by(() =>
    this.attack ? defaultValues(this.attack.params, this.#typed) : {},
  );
  readonly runSpecs: readonly ParamSpec[] = $derived.by(() =>
    this.#catalogue.current.attackRun.filter(({ id }) => !batchOnly.includes(id)),
  );
  readonly run = $derived.by(() => defaultValues(this.runSpecs, this.#typedRun));
  /** A sentence for each weight file that the attack needs and the workspace lacks. */
  readonly missing: readonly string[] = $derived.by(() =>
    this.attack ? attackFiles(this.attack, this.params, this.#weights.files).missing : [],
  );
  /** What is wrong with the values, in a sentence; null when they can be tried. */
  readonly problem = $derived.by(() => {
    const { seed } = this;
    if (seed === null || !Number.isSafeInteger(seed) || seed < 0) {
      return 'The seed must be a whole number of at least 0.';
    }
    const blocks = [
      [this.attack?.params ?? [], this.params],
      [this.runSpecs, this.run],
    ] as const;
    for (const [specs, values] of blocks) {
      for (const spec of specs) {
        const wrong = fieldError(spec, values[spec.id]);
        if (wrong) return `${spec.label} ${wrong}`;
      }
    }
    return this.missing.length > 0 ? 'A weight file is missing: see above.' : null;
  });

  constructor(runs: Runs, catalogue: CatalogueState, weights: Pick<WeightsState, 'files'>) {
    this.#runs = runs;
    this.#catalogue = catalogue;
    this.#weights = weights;
  }

  choosePair(id: number): void {
    this.#pairId = id;
  }

  /** Another attack starts from its own defaults: 0.005 is one thing for one step, another for ten. */
  chooseAttack(id: string): void {
    if (id === this.attack?.id) return;
    this.#attackId = id;
    this.#typed = {};
  }

  setParams(values: ParamValues): void {
    this.#typed = values;
  }

  setRun(values: ParamValues): void {
    this.#typedRun = values;
  }

  clear(): void {
    this.#pairId = null;
    this.image = null;
  }
}

function trainedOf({ baseline, nt }: PairView): Run[] {
  return [baseline, nt].filter((run) => run?.state === 'done' && run.deletedAtMs === null) as Run[];
}
