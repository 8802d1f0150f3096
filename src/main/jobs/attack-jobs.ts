import type { AttackInfo, Catalogue } from '@shared/domain/catalogue';
import type { Side } from '@shared/domain/dataset';
import type { AttackChoice } from '@shared/domain/group';
import type { AttackSpec } from '@shared/domain/run';
import type { NeededFile, StoredWeights } from '@shared/domain/weights';
import { LabError } from '@shared/errors';
import { checkValues, nearest, type ParamValues } from '@shared/params';
import { attackFiles } from '@shared/weights/attack-files';
import type { NewJob } from '../db/jobs';
import { chooseDefence } from './choose-defence';
import { attackLabel } from './labels';

export type NewAttack = Omit<NewJob, 'createdAtMs' | 'spec'> & { readonly spec: AttackSpec };

/**
 * The job of an attack, as a function of the run it is let loose on. Every setting is checked and
 * filled in here, so that equal wishes give equal specs.
 * @param stored weight files of the workspace, for attacks that read some
 * @throws LabError `not-found` or `bad-input`
 */
export function attackJobs(
  catalogue: Catalogue,
  { side, limit }: { readonly side: Side; readonly limit: number | null },
  { attackId, seed, traces, defence: wanted, ...asked }: AttackChoice,
  stored: readonly StoredWeights[],
): (runId: number) => NewAttack {
  const attack = findAttack(catalogue, attackId);
  const params = checkValues(attack.title, attack.params, asked.params);
  const run = checkValues('attack', catalogue.attackRun, asked.run);
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw new LabError({
      kind: 'bad-input',
      message: `the seed must be a whole number from 0, got ${seed}`,
      safe: 'Nothing was started.',
      next: 'Correct the seed.',
    });
  }
  const files = requireFiles(attack, params, stored);
  const defence = wanted && {
    ...chooseDefence(catalogue, wanted),
    adaptive: wanted.adaptive,
  };
  return (runId) => {
    const spec: AttackSpec = {
      kind: 'attack',
      runId,
      side,
      attackId: attack.id,
      attackVersion: attack.version,
      params,
      run,
      seed,
      limit,
      // Absent, not 0: specs of before traces existed stay equal to those without.
      ...(traces ? { traces } : {}),
      ...(files.length > 0 ? { files } : {}),
      ...(defence && { defence }),
      ...(attack.control && { control: true }),
    };
    const label = attackLabel(catalogue, attack, spec);
    return { spec, action: attack.title, label, access: attack.access };
  };
}

/** @throws LabError `bad-input` naming every file that the attack needs and that is not here */
export function requireFiles(
  attack: Pick<AttackInfo, 'title' | 'params' | 'needs'>,
  params: Readonly<ParamValues>,
  stored: readonly StoredWeights[],
): NeededFile[] {
  const { files, missing } = attackFiles(attack, params, stored);
  if (missing.length === 0) return [...files];
  throw new LabError({
    kind: 'bad-input',
    message: `${attack.title} cannot start with these settings: ${missing.join(' ')}`,
    safe: 'Nothing was started.',
    next: 'Add the file on the Weights page (or: iqalab weights add PATH), or change the setting that needs it.',
  });
}

function findAttack(catalogue: Catalogue, id: string): AttackInfo {
  const found = catalogue.attacks.find((attack) => attack.id === id);
  if (found) return found;
  const names = catalogue.attacks.map((attack) => attack.id);
  const near = nearest(id, names);
  throw new LabError({
    kind: 'not-found',
    message: `there is no attack "${id}"; the attacks are ${names.join(', ')}`,
    safe: 'Nothing was started.',
    next: near ? `Did you mean "${near}"?` : 'Choose one of them.',
  });
}
