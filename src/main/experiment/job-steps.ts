import { completeSpec } from '@shared/complete-spec';
import type { AttackInfo, ModelInfo } from '@shared/domain/catalogue';
import type { Dataset, Side, Split } from '@shared/domain/dataset';
import type { AttackSpec, Job, JobSpec, NormsSpec, Pair, Run, TrainSpec } from '@shared/domain/run';
import { LabError, must } from '@shared/errors';
import type { InitialChoice } from '@shared/domain/weights';
import { checkValues, nearest, type ParamValues } from '@shared/params';
import { attackFiles, readsFiles } from '@shared/weights/attack-files';
import { completed } from '../jobs/same-run';
import { allWeights, chooseInitial, withChosenFiles } from '../weights/find-by-name';
import type { Context, Outcome } from './context';
import type { PairPlan } from './schema';
import { same } from '@shared/canonical';

/** A trained pair and the plan it came from. */
export interface TrainedPair {
  readonly pair: Pair;
  readonly runIds: readonly [number, number];
}

/** Every run once: pairs may share their baseline. */
export function runsOf(pairs: readonly TrainedPair[]): number[] {
  return [...new Set(pairs.flatMap((pair) => pair.runIds))];
}

/** Trains a pair, or continues or reuses one whose two specs are exactly the planned ones. */
export async function ensurePair(
  context: Context,
  dataset: Dataset,
  split: Split,
  planned: PairPlan,
): Promise<TrainedPair> {
  const { lab, plan, catalogue, narrator } = context;
  const model = byId('model', catalogue.models, planned.model);
  const spec = trainSpec(model, dataset, split, planned, planned.seed ?? plan.seed);
  const initial = await chooseInitial(lab, [planned.weights ?? []].flat());
  const found = await findPair(context, model, spec, initial);
  const pair =
    found ??
    (await lab.call('pair.create', {
      draft: {
        name: planned.name ?? `${model.title}, seed ${spec.seed}`,
        ...spec,
        initial,
      },
    }));
  const runIds = [pair.baselineRunId, pair.ntRunId] as const;
  const runs = await Promise.all(runIds.map((id) => lab.call('run.get', { id })));
  const outcome = await finish(
    context,
    runs.map(({ trainJobId }) => trainJobId),
    found !== undefined,
  );
  narrator.step(outcome, `trained ${pair.name}`);
  return { pair, runIds };
}

type FullSpec = Omit<TrainSpec, 'nt' | 'initial'> & { nt: ParamValues };

/** Complete settings, as the host will store them, so that stored runs can be compared with them. */
function trainSpec(
  model: ModelInfo,
  dataset: Dataset,
  split: Split,
  planned: PairPlan,
  seed: number,
): FullSpec {
  const preset =
    planned.preset === undefined ? undefined : byId('preset', model.presets, planned.preset);
  return {
    datasetId: dataset.id,
    splitId: split.id,
    modelId: model.id,
    modelVersion: model.version,
    modelParams: checkValues('modelParams', model.params, {
      ...preset?.model,
      ...planned.modelParams,
    }),
    trainer: checkValues('trainer', model.trainer, { ...preset?.trainer, ...planned.trainer }),
    nt: checkValues('nt', model.nt, { ...preset?.nt, ...planned.nt }),
    seed,
  };
}

async function findPair(
  context: Context,
  model: ModelInfo,
  spec: FullSpec,
  initial: InitialChoice | undefined,
): Promise<Pair | undefined> {
  const { lab, plan } = context;
  const chosen = initial?.kind === 'weights' ? initial.sha256.toSorted() : [];
  const runs = new Map((await lab.call('run.list', {})).map((run) => [run.id, run]));
  const usable = (run: Run | undefined, nt: ParamValues | null) =>
    run !== undefined &&
    run.deletedAtMs === null &&
    run.state !== 'cancelled' &&
    (plan.engine === undefined || run.engine === null || run.engine === plan.engine) &&
    same(
      { ...completed(model, run.spec), initial: filesOf(run.spec) },
      { ...spec, nt, initial: chosen },
    );
  return (await lab.call('pair.list', {})).findLast(
    ({ baselineRunId, ntRunId }) =>
      usable(runs.get(baselineRunId), null) && usable(runs.get(ntRunId), spec.nt),
  );
}

/** Checksums of the files a run starts from: what a file was called when it came does not matter. */
function filesOf({ initial }: TrainSpec): string[] {
  return initial?.kind === 'weights' ? initial.files.map(({ sha256 }) => sha256).sort() : [];
}

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
  const named = await withChosenFiles(lab, info.params, { ...preset, ...planned.params });
  const params = checkValues(info.title, info.params, named);
  const files = readsFiles(info) ? attackFiles(info, params, await allWeights(lab)).files : [];
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
  }));
  const outcome = await ensureBatch(context, specs, (missing) =>
    lab.call('attack.start', { runIds: missing, ...common }),
  );
  narrator.step(outcome, `attacked the ${side} pictures with ${info.title}`);
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
async function ensureBatch(
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
async function currentJobs(
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
async function finish(
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

function byId<T extends { readonly id: string }>(what: string, items: readonly T[], id: string): T {
  const found = items.find((item) => item.id === id);
  if (found) return found;
  const ids = items.map((item) => item.id);
  const near = nearest(id, ids);
  throw new LabError({
    kind: 'bad-input',
    message: `the experiment names the ${what} "${id}", which does not exist`,
    safe: 'Nothing was started.',
    next: near ? `Did you mean "${near}"?` : `There are: ${ids.join(', ')}.`,
  });
}
