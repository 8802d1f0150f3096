import type { FitSpec } from '@shared/domain/run';
import { LabError } from '@shared/errors';
import { checkValues } from '@shared/params';
import { attackFiles, readsFiles } from '@shared/weights/attack-files';
import { allWeights, withChosenFiles } from '../weights/find-by-name';
import type { Context } from './context';
import { byId } from './by-id';
import { currentJobs, ensureBatch } from './job-steps';
import type { TrainedPair } from './pair-steps';
import { withFitted } from './with-fitted';

/**
 * Fits what a step describes on a run of one of the pairs, or reuses the same fit, and remembers its file under the
 * step's name for the attacks that follow.
 * @throws LabError `bad-input` where the step names a pair that is not there, `missing-file` where the file of a
 *   finished fit has been removed
 */
export async function ensureFit(
  context: Context,
  pairs: readonly TrainedPair[],
  planned: Context['plan']['fits'][number],
): Promise<void> {
  const { lab, plan, catalogue, narrator, fitted } = context;
  const info = byId('fit', catalogue.fits, planned.fit);
  const preset =
    planned.preset === undefined ? {} : byId('preset', info.presets, planned.preset).params;
  const given = withFitted(context, info.params, { ...preset, ...planned.params });
  const named = await withChosenFiles(lab, info.params, given);
  const params = checkValues(info.title, info.params, named);
  const files = readsFiles(info) ? attackFiles(info, params, await allWeights(lab)).files : [];
  const { side, limit } = planned;
  const seed = planned.seed ?? plan.seed;
  const runId = runOf(pairs, planned);
  const spec: FitSpec = {
    kind: 'fit',
    runId,
    side,
    fitId: info.id,
    fitVersion: info.version,
    on: info.on,
    params,
    seed,
    limit,
    ...(files.length > 0 && { files: [...files] }),
  };
  const outcome = await ensureBatch(context, [spec], (runIds) =>
    lab.call('fit.start', { runIds, side, fitId: info.id, params, seed, limit }),
  );
  const [job] = await currentJobs(context, [spec]);
  const results = await lab.call('fit.results', {});
  const result = results.find(({ jobId }) => jobId === job?.id);
  if (!result) throw fileRemoved(planned.name);
  fitted.set(planned.name, result.weights.sha256);
  narrator.step(outcome, `fitted ${planned.name}: ${result.weights.facts.title}`);
}

function runOf(
  pairs: readonly TrainedPair[],
  { name, pair, twin }: Context['plan']['fits'][number],
): number {
  const runId = pairs[pair - 1]?.runIds[twin === 'nt' ? 1 : 0];
  if (runId !== undefined) return runId;
  throw new LabError({
    kind: 'bad-input',
    message: `the fit "${name}" is to be made on pair ${pair}, but the experiment has ${pairs.length}`,
    safe: 'What is finished is kept.',
    next: 'Pairs are counted from 1, in their order in the file.',
  });
}

function fileRemoved(name: string): LabError {
  return new LabError({
    kind: 'missing-file',
    message: `the fit "${name}" was made before, and its file has been removed from the inventory`,
    safe: 'What is finished is kept.',
    next: 'Restore the file on the Weights page, or give the fit another seed to make it anew.',
  });
}
