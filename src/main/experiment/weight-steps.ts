import { resolve } from 'node:path';
import { LabError } from '@shared/errors';
import type { Context } from './context';

/**
 * Copies the weight files that the experiment brings along into the workspace.
 * @throws LabError `bad-input` naming the first file that is none
 */
export async function ensureWeights({ lab, plan, baseDir, narrator }: Context): Promise<void> {
  for (const file of plan.weightFiles) {
    const outcomes = await lab.call('weights.add', { path: resolve(baseDir, file) });
    const refused = outcomes.find(({ outcome }) => outcome === 'refused');
    if (refused) {
      throw new LabError({
        kind: 'bad-input',
        message: `the weight file ${file} cannot be used: ${refused.reason ?? 'it holds no weights'}`,
        safe: 'Nothing was started.',
        next: refused.next ?? 'Correct "weightFiles".',
      });
    }
    const added = outcomes.some(({ outcome }) => outcome === 'added');
    narrator.step(added ? 'done' : 'reused', `weight file ${file}`);
  }
}
