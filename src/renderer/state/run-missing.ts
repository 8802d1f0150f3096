import type { Catalogue } from '@shared/domain/catalogue';
import type { AttackSpec } from '@shared/domain/run';
import type { FigureOptions, Study } from '@shared/domain/study';
import { defaultValues } from '@shared/params';
import type { RpcClient } from '@shared/rpc';
import type { Missing } from '@shared/study/missing';
import { chosenAttack } from '@shared/study/select';

/** Missing results of one kind, and the button that makes them. */
export interface Remedy {
  readonly action: Missing['action'];
  readonly label: string;
  readonly reasons: readonly string[];
  readonly runIds: readonly number[];
  /** Certain attacks that are asked for; empty: the one that is shown. */
  readonly attacks: NonNullable<Missing['attacks']>;
}

/** One remedy per kind of missing result, in the order in which the jobs build on each other. */
export function remedies(missing: readonly Missing[]): readonly Remedy[] {
  const words = {
    train: 'Go to training',
    evaluate: 'Score the pictures',
    attack: 'Run the attack',
    norms: 'Measure the norms',
  } as const;
  return (['train', 'evaluate', 'attack', 'norms'] as const).flatMap((action) => {
    const own = missing.filter((one) => one.action === action);
    if (own.length === 0) return [];
    const runIds = [...new Set(own.flatMap((one) => one.runId ?? []))];
    const asked = own.flatMap((one) => one.attacks ?? []);
    const attacks = [...new Map(asked.map((one) => [JSON.stringify(one), one])).values()];
    const reasons = [...new Set(own.map((one) => one.reason))];
    return [{ action, label: words[action], reasons, runIds, attacks }];
  });
}

/**
 * Settings of the attack a missing batch is to have: those of the same attack on the other twin, so
 * that both can be compared, else the catalogue's first attack as it stands.
 */
export function attackToRepeat(
  study: Study,
  options: FigureOptions,
  catalogue: Catalogue,
): Pick<AttackSpec, 'attackId' | 'params' | 'run' | 'seed' | 'limit'> | null {
  const label = chosenAttack(study.runs, options);
  const stored = study.runs.flatMap((run) => run.attacks).find((one) => one.label === label);
  if (stored) return stored.spec;
  const first = catalogue.attacks[0];
  if (!first) return null;
  return {
    attackId: first.id,
    params: defaultValues(first.params),
    run: defaultValues(catalogue.attackRun),
    seed: 1,
    limit: null,
  };
}

/** Queues what a remedy asks for. @returns false where a person must decide first (training). */
export async function startRemedy(
  client: RpcClient,
  remedy: Remedy,
  study: Study,
  options: FigureOptions,
  catalogue: Catalogue,
): Promise<boolean> {
  const batch = { runIds: [...remedy.runIds], side: study.selection.side };
  switch (remedy.action) {
    case 'train':
      return false;
    case 'evaluate':
      await client.call('evaluate.start', batch);
      return true;
    case 'norms':
      await client.call('norms.start', {
        ...batch,
        params: defaultValues(catalogue.norms),
        limit: null,
      });
      return true;
    case 'attack': {
      if (remedy.attacks.length > 0) return startGrid(client, remedy, study, catalogue);
      const attack = attackToRepeat(study, options, catalogue);
      if (!attack) return false;
      const { attackId, params, run, seed, limit } = attack;
      await client.call('attack.start', { ...batch, attackId, params, run, seed, limit });
      return true;
    }
  }
}

/** Queues certain attacks on every run that lacks one, as one grid; what exists is reused. */
async function startGrid(
  client: RpcClient,
  { attacks, runIds }: Remedy,
  study: Study,
  catalogue: Catalogue,
): Promise<boolean> {
  const stored = study.runs.flatMap((run) => run.attacks);
  const choices = attacks.flatMap(({ attackId, params, run: shared }) => {
    const info = catalogue.attacks.find(({ id }) => id === attackId);
    if (!info) return [];
    const like = stored.find(({ spec }) => spec.attackId === attackId)?.spec;
    const run = { ...(like?.run ?? defaultValues(catalogue.attackRun)), ...shared };
    const values = { ...defaultValues(info.params), ...params };
    return [{ attackId, params: values, run, seed: like?.seed ?? 1 }];
  });
  if (choices.length === 0) return false;
  const { side } = study.selection;
  await client.call('grid.start', {
    name: '',
    runIds: [...runIds],
    side,
    limit: null,
    attacks: choices,
  });
  return true;
}
