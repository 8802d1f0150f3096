import type { Catalogue } from '@shared/domain/catalogue';
import type { AttackChoice } from '@shared/domain/group';
import type { RpcClient } from '@shared/rpc';
import { withChosenFiles } from '../../weights/find-by-name';
import { UsageError } from './environment';
import { findAttack, findById } from './find';
import { parseSettings } from './settings';

/** Options of every verb that attacks. */
export interface AttackOptions {
  preset?: string;
  seed: number;
  traces?: number;
  defence?: string;
  adaptive: boolean;
  set?: string[];
}

/**
 * Attacks as the command line names them, each ATTACK or ATTACK:PRESET, with their settings.
 * @throws LabError `not-found` or UsageError
 */
export async function attackChoices(
  lab: RpcClient,
  catalogue: Catalogue,
  given: readonly string[],
  options: AttackOptions,
): Promise<AttackChoice[]> {
  const named = given.map((text) => {
    const [id = '', preset = options.preset] = text.split(':');
    return { info: findAttack(catalogue, id), preset };
  });
  if (options.preset !== undefined && given.length > 1) {
    throw new UsageError('--preset: with several attacks, write each as ATTACK:PRESET');
  }
  const defence =
    options.defence === undefined
      ? undefined
      : findById('defence', catalogue.defences, options.defence);
  const [first] = named;
  const single = named.length === 1 && first ? { attack: first.info.params } : null;
  const groups = single ?? Object.fromEntries(named.map(({ info }) => [info.id, info.params]));
  const settings: Record<string, AttackChoice['params']> = parseSettings(options.set ?? [], {
    ...groups,
    run: catalogue.attackRun,
    ...(defence && { defence: defence.params }),
  });
  return await Promise.all(
    named.map(async ({ info, preset }) => {
      const values = preset === undefined ? {} : findById('preset', info.presets, preset).params;
      const own = settings[single ? 'attack' : info.id];
      return {
        attackId: info.id,
        params: await withChosenFiles(lab, info.params, { ...values, ...own }),
        run: settings['run'] ?? {},
        seed: options.seed,
        ...(options.traces ? { traces: options.traces } : {}),
        ...(defence && {
          defence: {
            defenceId: defence.id,
            params: settings['defence'] ?? {},
            adaptive: options.adaptive,
          },
        }),
      };
    }),
  );
}
