import { completeSpec } from '@shared/complete-spec';
import type { AttackInfo } from '@shared/domain/catalogue';
import type { Side } from '@shared/domain/dataset';
import type { AttackSpec, Job, JobSpec, NormsSpec } from '@shared/domain/run';
import { must } from '@shared/errors';
import { checkValues } from '@shared/params';
import { attackFiles, readsFiles } from '@shared/weights/attack-files';
import { allWeights, withChosenFiles } from '../weights/find-by-name';
import { chooseDefence } from '../jobs/choose-defence';
import { byId } from './by-id';
import type { Context, Outcome } from './context';
import { withFitted } from './with-fitted';
import { plannedDefence } from './planned-defence';
import { same } from '@shared/canonical';

/** Scores one side with every run. */
export async function ensureScores(
  context: Context,
  runIds: readonly number[],
  side: Side,
): Promise<void> {
  const outcome = await ensureBatch(
    context,
    runIds.map((runId) => ({ kind: 'evaluate', runId, side })),
    (missing) => context.lab.call('evaluate.start', { runIds: missing, side }),
  );
  context.narrator.step(outcome, `scored the ${side} pictures`);
}

/** Attacks one side of every run; returns the jobs in the order of `runIds`. */
export async function ensureAttack(
  context: Context,
  runIds: readonly number[],
  planned: Context['plan']['attacks'][number],
): Promise<readonly number[]> {
  const { lab, plan, catalogue, narrator } = context;
  const info: AttackInfo = byId('attack', catalogue.attacks, planned.attack);
  const preset =
    planned.preset === undefined ? {} : byId('preset', info.presets, planned.preset).params;
  const { side, limit } = planned;
  const given = withFitted(context, info.params, { ...preset, ...planned.params });
  const named = await withChosenFiles(lab, info.params, given);
  const params = checkValues(info.title, info.params, named);
  const files = readsFiles(info) ? attackFiles(info, params, await allWeights(lab)).files : [];
  const wanted = planned.defence && {
    ...plannedDefence(catalogue, planned.defence),
    adaptive: planned.defence.adaptive,
  };
  const common = {
    side,
    attackId: info.id,
    params,
    run: checkValues('run', catalogue.attackRun, planned.run),
    seed: planned.seed ?? plan.seed,
    limit,
  };
  const specs = runIds.map((runId): AttackSpec => ({
    kind: 'attack',
    runId,
    attackVersion: info.version,
    ...common,
    ...(files.length > 0 && { files: [...files] }),
    ...(wanted && {
      defence: { ...chooseDefence(catalogue, wanted), adaptive: wanted.adaptive },
    }),
    ...(info.control && { control: true }),
  }));
  const outcome = await ensureBatch(context, specs, (missing) =>
    lab.call('attack.start', { runIds: missing, ...common, defence: wanted }),
  );
  const behind = wanted ? ` behind ${wanted.defenceId}` : '';
  narrator.step(outcome, `attacked the ${side} pictures with ${info.title}${behind}`);
  return (await currentJobs(context, specs)).map((job) => must(job, 'just finished').id);
}

/** Measures gradient norms on one side of every run. */
export async function ensureNorms(
  context: Context,
  runIds: readonly number[],
  planned: Context['plan']['norms'][number],
): Promise<void> {
  const { lab, catalogue, narrator } = context;
  const { side, limit } = planned;
  const params = checkValues('norms', catalogue.norms, planned.params);
  const outcome = await ensureBatch(
    context,
    runIds.map((runId): NormsSpec => ({ kind: 'norms', runId, side, params, limit })),
    (missing) => lab.call('norms.start', { runIds: missing, side, params, limit }),
  );
  narrator.step(outcome, `measured gradient norms on the ${side} pictures`);
}

/** Starts the specs that have no job yet, continues those that stopped, and waits for all. */
export async function ensureBatch(
  context: Context,
  specs: readonly JobSpec[],
  start: (runIds: number[]) => Promise<{ jobIds: number[] }>,
): Promise<Outcome> {
  const known = await currentJobs(context, specs);
  const missing = specs.filter((_, index) => known[index] === undefined).map(({ runId }) => runId);
  const started = missing.length > 0 ? (await start(missing)).jobIds : [];
  const ids = known.flatMap((job) => job?.id ?? []);
  return await finish(context, [...ids, ...started], missing.length === 0);
}

/** Newest usable job of each spec. */
export async function currentJobs(
  { lab, catalogue }: Context,
  specs: readonly JobSpec[],
): Promise<(Job | undefined)[]> {
  const jobs = (await lab.call('job.list', {})).filter(({ state }) => state !== 'cancelled');
  const newestFirst = jobs.sort((a, b) => b.id - a.id);
  return specs.map((spec) =>
    newestFirst.find((job) => same(completeSpec(job.spec, catalogue), spec)),
  );
}

/** Waits for jobs, sending stopped ones on their way first. */
export async function finish(
  context: Context,
  jobIds: readonly number[],
  existed: boolean,
): Promise<Outcome> {
  const { lab } = context;
  const jobs = await Promise.all(jobIds.map((id) => lab.call('job.get', { id })));
  const open = jobs.filter(({ state }) => state !== 'done');
  // Also one that waits: the lab holds jobs of an earlier session until somebody asks for them.
  for (const { id, state } of open) if (state !== 'running') await lab.call('job.resume', { id });
  await context.wait(open.map(({ id }) => id));
  if (!existed) return 'done';
  return open.length > 0 ? 'continued' : 'reused';
}
