import type { SweepAxis } from '@shared/domain/sweep';
import { toErrorData } from '@shared/errors';
import { readValues } from '@shared/sweep/read-values';
import { UsageError } from './environment';
import { findSetting, type SettingGroups } from './settings';

/** One `--vary` text, read: which list of settings it is of (`seed` for the seed), and its axis. */
export interface Varied {
  readonly group: string;
  readonly axis: SweepAxis;
}

/**
 * Reads `--vary` texts such as `nt.lambda=0.0001..0.01:5:log`, `seed=1..3` or, where only one list
 * has it, `lambda=0,0.001`.
 * @throws UsageError naming the setting, or the value that could not be read
 */
export function parseVaried(texts: readonly string[], groups: SettingGroups): Varied[] {
  return texts.map((text) => {
    const [, name, given] = /^([^=\s]+)=(.*)$/.exec(text) ?? [];
    if (name === undefined || given === undefined) {
      throw new UsageError(
        `--vary ${text}: write NAME=VALUES, for example lambda=0.0001,0.001 or seed=1..3`,
      );
    }
    if (name === 'seed') {
      const values = readOrRefuse(given, { type: 'integer', id: 'seed' });
      return { group: 'seed', axis: { setting: 'seed', values } };
    }
    const { group, spec } = findSetting(name, groups, '--vary');
    const values = readOrRefuse(given, spec);
    return { group, axis: { setting: spec.id, values } };
  });
}

function readOrRefuse(text: string, spec: Parameters<typeof readValues>[1]): SweepAxis['values'] {
  try {
    return readValues(text, spec);
  } catch (thrown) {
    const { message, next } = toErrorData(thrown);
    throw new UsageError(`--vary ${message}`, next);
  }
}
