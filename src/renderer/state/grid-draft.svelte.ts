import type { AttackInfo, DefenceInfo } from '@shared/domain/catalogue';
import type { GridPlan, GridRequest } from '@shared/domain/group';
import type { StoredWeights } from '@shared/domain/weights';
import { toErrorData } from '@shared/errors';
import { defaultValues, type ParamSpec, type ParamValues } from '@shared/params';
import type { RpcClient } from '@shared/rpc';
import { attackFiles } from '@shared/weights/attack-files';
import { attackAt, combinations } from '@shared/sweep/combine';
import { AxesDraft } from './axes-draft.svelte';
import { DefenceDraft } from './defence-draft.svelte';
import { BatchDraft } from './batch-draft.svelte';
import { Latest } from './latest';
import { attackAxisOptions } from './sweep-draft.svelte';

/** One attack of the grid with the settings typed so far. */
export interface GridEntry {
  readonly key: number;
  readonly attackId: string;
  readonly typed: ParamValues;
  /** Settings of it that are varied; none at first. */
  readonly axes: AxesDraft;
}

/** The form of new attacks: several attacks on several runs. It outlives a look at another screen. */
export class GridDraft extends BatchDraft {
  #entries = $state.raw<readonly GridEntry[]>([]);
  #nextKey = 1;
  #plan = $state.raw<GridPlan | null>(null);
  #refusal = $state<string | null>(null);
  readonly #latest = new Latest();
  /** Stands before every run of the grid; none at first. */
  readonly defence = new DefenceDraft();
  typedRun = $state.raw<ParamValues>({});
  seed = $state<number | null>(1);
  /** How many pictures are recorded step by step. */
  traces = $state<number | null>(0);

  get entries(): readonly GridEntry[] {
    return this.#entries;
  }

  /** What the grid would do; null until it is known. */
  get plan(): GridPlan | null {
    return this.#plan;
  }

  /** Why the host would not start this grid; null where it would. */
  get refusal(): string | null {
    return this.#refusal;
  }

  chosen(attackId: string): boolean {
    return this.#entries.some((entry) => entry.attackId === attackId);
  }

  /** Takes an attack in, or out with all of its settings. */
  toggleAttack(attackId: string): void {
    if (this.chosen(attackId)) {
      this.#entries = this.#entries.filter((entry) => entry.attackId !== attackId);
    } else this.add(attackId, {});
  }

  /** Takes an attack in, also one that is in already: with other settings it is another row. */
  add(attackId: string, typed: ParamValues): void {
    this.#entries = [
      ...this.#entries,
      { key: this.#nextKey++, attackId, typed, axes: new AxesDraft() },
    ];
  }

  remove(key: number): void {
    this.#entries = this.#entries.filter((entry) => entry.key !== key);
  }

  set(key: number, typed: ParamValues): void {
    this.#entries = this.#entries.map((entry) => (entry.key === key ? { ...entry, typed } : entry));
  }

  reset(): void {
    this.#entries = [];
    this.#plan = null;
  }

  /** What is wrong with the form, in a sentence; null when it can start. */
  gridProblem(
    attacks: readonly AttackInfo[],
    runSpecs: readonly ParamSpec[],
    files: readonly StoredWeights[],
    defences: readonly DefenceInfo[] = [],
  ): string | null {
    if (this.#entries.length === 0) return 'Choose at least one attack.';
    const { seed, traces } = this;
    if (seed === null || !Number.isInteger(seed) || seed < 0) {
      return 'The seed must be a whole number of at least 0.';
    }
    if (traces === null || !Number.isInteger(traces) || traces < 0 || traces > 1000) {
      return 'The number of pictures to trace must be a whole number from 0 to 1000.';
    }
    const blocks = this.#known(attacks).map(
      ({ info, params }) => [info.params, params] as [readonly ParamSpec[], ParamValues],
    );
    const run = [runSpecs, defaultValues(runSpecs, this.typedRun)] as const;
    for (const { info, axes } of this.#known(attacks)) {
      const unclear = axes.problem(attackAxisOptions(info));
      if (unclear) return unclear;
    }
    const wrong = this.problem([...blocks, run, this.defence.block(defences)]);
    if (wrong) return wrong;
    const lacking = this.#known(attacks).find(
      ({ info, params }) => attackFiles(info, params, files).missing.length > 0,
    );
    return lacking ? `A weight file that ${lacking.info.title} needs is missing: see above.` : null;
  }

  request(
    attacks: readonly AttackInfo[],
    runSpecs: readonly ParamSpec[],
    defences: readonly DefenceInfo[] = [],
  ): GridRequest {
    const run = defaultValues(runSpecs, this.typedRun);
    const traces = this.traces ?? 0;
    const defence = this.defence.attackChoice(defences);
    return {
      name: '',
      runIds: [...this.runIds],
      side: this.side,
      limit: this.limit,
      attacks: this.#known(attacks).flatMap(({ info, params, axes }) => {
        const choice = {
          attackId: info.id,
          params,
          run,
          seed: this.seed ?? 1,
          ...(traces > 0 ? { traces } : {}),
          ...(defence && { defence }),
        };
        const points = combinations(axes.axes(attackAxisOptions(info)));
        return points.map((point) => attackAt(choice, point));
      }),
    };
  }

  /** Asks what the grid would do; an answer to an older question is dropped. */
  async ask(client: RpcClient, request: GridRequest | null): Promise<void> {
    const isNewest = this.#latest.begin();
    this.#refusal = null;
    if (!request) {
      this.#plan = null;
      return;
    }
    try {
      const plan = await client.call('grid.plan', request);
      if (isNewest()) this.#plan = plan;
    } catch (thrown) {
      if (!isNewest()) return;
      this.#plan = null;
      this.#refusal = toErrorData(thrown).message;
    }
  }

  #known(
    attacks: readonly AttackInfo[],
  ): { info: AttackInfo; params: ParamValues; axes: AxesDraft }[] {
    return this.#entries.flatMap(({ attackId, typed, axes }) => {
      const info = attacks.find(({ id }) => id === attackId);
      return info ? [{ info, params: defaultValues(info.params, typed), axes }] : [];
    });
  }
}
