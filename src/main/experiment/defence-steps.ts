import type { EvaluateSpec } from '@shared/domain/run';
import { chooseDefence } from '../jobs/choose-defence';
import type { Context } from './context';
import { ensureBatch } from './job-steps';
import { plannedDefence } from './planned-defence';
import type { DefencePlan } from './schema';

/** Scores one side of every run behind a defence. */
export async function ensureDefended(
  context: Context,
  runIds: readonly number[],
  planned: DefencePlan,
): Promise<void> {
  const { lab, catalogue, narrator } = context;
  const { side, on, limit } = planned;
  const choice = plannedDefence(catalogue, planned);
  const defence = { ...chooseDefence(catalogue, choice), on };
  const specs = runIds.map((runId): EvaluateSpec => ({
    kind: 'evaluate',
    runId,
    side,
    defence,
    ...(limit !== undefined && { limit }),
  }));
  const outcome = await ensureBatch(context, specs, (missing) =>
    lab.call('evaluate.start', { runIds: missing, side, defence: { ...choice, on }, limit }),
  );
  narrator.step(outcome, `scored the ${side} pictures behind ${defence.title}`);
}
