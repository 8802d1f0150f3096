import type { AttackInfo, Catalogue } from '@shared/domain/catalogue';
import { LabError } from '@shared/errors';
import { checkValues, nearest } from '@shared/params';
import { attackLabel } from '../../jobs/labels';
import { startBatch } from '../../jobs/start-batch';
import type { NounHandlers } from '../context';
import { opened } from '../context';

export const evaluateHandlers: NounHandlers<'evaluate'> = {
  'evaluate.start': (context, { runIds, side }) => {
    const { board, runner } = opened(context);
    const jobIds = startBatch(board, { runIds, side, limit: null }, (run) => ({
      spec: { kind: 'evaluate', runId: run.id, side },
      action: 'Scores',
    }));
    runner.release();
    return { jobIds };
  },
};

export const attackHandlers: NounHandlers<'attack'> = {
  'attack.start': async (context, { runIds, side, limit, ...asked }) => {
    const { board, runner } = opened(context);
    const catalogue = await context.worker.catalogue();
    const attack = findAttack(catalogue, asked.attackId);
    const params = checkValues(attack.title, attack.params, asked.params);
    const run = checkValues('attack', catalogue.attackRun, asked.run);
    if (!Number.isSafeInteger(asked.seed) || asked.seed < 0) {
      throw new LabError({
        kind: 'bad-input',
        message: `the seed must be a whole number from 0, got ${asked.seed}`,
        safe: 'Nothing was started.',
        next: 'Correct the seed.',
      });
    }
    const jobIds = startBatch(board, { runIds, side, limit }, ({ id: runId }) => {
      const spec = {
        kind: 'attack' as const,
        runId,
        side,
        attackId: attack.id,
        attackVersion: attack.version,
        params,
        run,
        seed: asked.seed,
        limit,
      };
      const label = attackLabel(catalogue, attack, spec);
      return { spec, action: attack.title, label, access: attack.access };
    });
    runner.release();
    return { jobIds };
  },
};

export const normsHandlers: NounHandlers<'norms'> = {
  'norms.start': async (context, { runIds, side, limit, params: given }) => {
    const { board, runner } = opened(context);
    const catalogue = await context.worker.catalogue();
    const params = checkValues('gradient norms', catalogue.norms, given);
    const jobIds = startBatch(board, { runIds, side, limit }, (run) => ({
      spec: { kind: 'norms', runId: run.id, side, params, limit },
      action: 'Gradient norms',
    }));
    runner.release();
    return { jobIds };
  },
};

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
