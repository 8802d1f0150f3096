import type { Catalogue } from '@shared/domain/catalogue';
import type { AttackSpec } from '@shared/domain/run';
import type { Study } from '@shared/domain/study';
import { defaultValues } from '@shared/params';
import type { RpcClient } from '@shared/rpc';

/** Batches of one attack that an older version of it has made. */
export interface Outdated {
  readonly title: string;
  readonly specs: readonly AttackSpec[];
}

/**
 * Attacks of a study whose program has changed since: their numbers are not those that the same
 * settings would give today.
 */
export function outdatedAttacks(study: Study, { attacks }: Catalogue): Outdated[] {
  return attacks.flatMap(({ id, title, version }) => {
    const specs = study.runs.flatMap((run) => {
      const own = run.attacks.map(({ spec }) => spec).filter(({ attackId }) => attackId === id);
      // What was computed again with the same settings no longer counts.
      const known = new Set(own.filter((spec) => spec.attackVersion === version).map(settings));
      return own.filter((spec) => spec.attackVersion < version && !known.has(settings(spec)));
    });
    return specs.length === 0 ? [] : [{ title, specs }];
  });
}

function settings({ params, run, seed, limit, defence }: AttackSpec): string {
  return JSON.stringify([params, run, seed, limit, defence]);
}

/** Queues the same attacks as today's version makes them; what is stored stays. */
export async function computeAgain(
  client: RpcClient,
  { specs }: Outdated,
  { attacks }: Catalogue,
): Promise<void> {
  for (const { runId, side, limit, attackId, params, run, seed, traces, defence } of specs) {
    const info = attacks.find(({ id }) => id === attackId);
    if (!info) continue;
    // A setting that the attack no longer has would be refused.
    const known = Object.entries(params).filter(([id]) => info.params.some((one) => one.id === id));
    await client.call('attack.start', {
      runIds: [runId],
      side,
      limit,
      attackId,
      params: { ...defaultValues(info.params), ...Object.fromEntries(known) },
      run,
      seed,
      ...(traces ? { traces } : {}),
      ...(defence && {
        defence: { defenceId: defence.id, params: defence.params, adaptive: defence.adaptive },
      }),
    });
  }
}
