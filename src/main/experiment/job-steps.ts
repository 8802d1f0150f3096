import { completeSpec } from '@shared/complete-spec';
import type { Side } from '@shared/domain/dataset';
import type { Job, JobSpec, NormsSpec } from '@shared/domain/run';
import { checkValues } from '@shared/params';
import type { Context, Outcome } from './context';
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
