import type { AttackInfo, Catalogue, ModelInfo } from '@shared/domain/catalogue';
import type { AttackChoice } from '@shared/domain/group';
import type { SweepMeasures, SweepPlan, SweepRequest } from '@shared/domain/sweep';
import { toErrorData } from '@shared/errors';
import { defaultValues, type ParamSpec } from '@shared/params';
import type { PairDraft, RpcClient } from '@shared/rpc';
import type { TwinKind } from '@shared/twin';
import { count, duration } from '../components/format';
import { AxesDraft, type AxisOption } from './axes-draft.svelte';
import { Latest } from './latest';

/** What the form of a pair needs beside the pair to make a sweep of it. */
export class SweepDraft {
  readonly axes = new AxesDraft();
  readonly #latest = new Latest();
  #plan = $state.raw<SweepPlan | null>(null);
  #refusal = $state<string | null>(null);
  evaluate = $state(true);
  norms = $state(false);
  attackIds = $state.raw<readonly string[]>([]);

  get plan(): SweepPlan | null {
    return this.#plan;
  }

  /** Why the host would not start this sweep; null where it would. */
  get refusal(): string | null {
    return this.#refusal;
  }

  /** What keeps a sweep from starting, in a sentence; null where nothing does or nothing is varied. */
  problem(options: readonly AxisOption[], repeats: number | null): string | null {
    if (this.axes.isEmpty) return null;
    if ((repeats ?? 1) > 1)
      return 'A sweep repeats over seeds: set Repeats to 1 and vary the seed.';
    return this.axes.problem(options);
  }

  toggleAttack(id: string): void {
    this.attackIds = this.attackIds.includes(id)
      ? this.attackIds.filter((known) => known !== id)
      : [...this.attackIds, id];
  }

  request(draft: PairDraft, options: readonly AxisOption[], catalogue: Catalogue): SweepRequest {
    return { name: '', draft, axes: this.axes.axes(options), measures: this.#measures(catalogue) };
  }

  #measures({ attacks, attackRun, norms }: Catalogue): SweepMeasures {
    const run = defaultValues(attackRun);
    const chosen = attacks
      .filter(({ id }) => this.attackIds.includes(id))
      .map(({ id, params }): AttackChoice => {
        return { attackId: id, params: defaultValues(params), run, seed: 1 };
      });
    return {
      side: 'test',
      limit: null,
      evaluate: this.evaluate,
      attacks: chosen,
      norms: this.norms ? defaultValues(norms) : null,
    };
  }

  /** Asks what the sweep would do; an answer to an older question is dropped. */
  async ask(client: RpcClient, request: SweepRequest | null): Promise<void> {
    const isNewest = this.#latest.begin();
    this.#refusal = null;
    if (!request) {
      this.#plan = null;
      return;
    }
    try {
      const plan = await client.call('sweep.plan', request);
      if (isNewest()) this.#plan = plan;
    } catch (thrown) {
      if (!isNewest()) return;
      this.#plan = null;
      this.#refusal = toErrorData(thrown).message;
    }
  }
}

const seed: ParamSpec = {
  type: 'integer',
  id: 'seed',
  label: 'Seed',
  help: 'Another seed is another repeat of the same pair.',
  level: 'paper',
  default: 1,
  min: 0,
};

/** Settings of a pair that can be varied: those of the twin first. */
export function pairAxisOptions(model: ModelInfo | null, twin: TwinKind): AxisOption[] {
  if (!model) return [];
  const of = (list: string, group: string, specs: readonly ParamSpec[]): AxisOption[] =>
    specs
      .filter(({ type }) => type !== 'weights')
      .map((spec) => ({ setting: `${list}.${spec.id}`, spec, group }));
  return [
    ...(twin === 'at' ? [] : of('nt', 'Regularisation of the twin (NT)', model.nt)),
    ...(twin === 'nt' ? [] : of('at', 'Adversarial training of the twin (AT)', model.at)),
    { setting: 'seed', spec: seed, group: 'Both runs' },
    ...of('trainer', 'Training, both runs', model.trainer),
    ...of('model', 'Model, both runs', model.params),
  ];
}

/** Settings of an attack that can be varied. */
export function attackAxisOptions({ title, params }: AttackInfo): AxisOption[] {
  return params
    .filter(({ type }) => type !== 'weights')
    .map((spec) => ({ setting: spec.id, spec, group: title }));
}

/** "6 pairs: 7 trainings and 21 measurements to do, 4 exist already; about 2 h." */
export function sweepText({ pairs, jobs }: SweepPlan): string {
  const plural = (n: number, what: string): string => `${count(n)} ${what}${n === 1 ? '' : 's'}`;
  const open = jobs.filter(({ done }) => !done);
  const trainings = open.filter(({ kind }) => kind === 'train').length;
  const parts = [plural(trainings, 'training'), plural(open.length - trainings, 'measurement')];
  const kept = jobs.length - open.length;
  const reused = kept > 0 ? `, ${count(kept)} exist already` : '';
  const known = open.flatMap(({ estimateMs }) => estimateMs ?? []);
  const unknown = open.length - known.length;
  const about = duration(known.reduce((sum, ms) => sum + ms, 0));
  const time =
    open.length === 0
      ? 'nothing is left to do'
      : known.length === 0
        ? 'how long is not known: nothing like it has been run here yet'
        : unknown === 0
          ? `about ${about}`
          : `about ${about} and ${plural(unknown, 'job')} never run here before`;
  return `${plural(pairs, 'pair')}: ${parts.join(' and ')} to do${reused}; ${time}.`;
}
