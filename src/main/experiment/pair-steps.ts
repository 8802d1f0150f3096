import type { ModelInfo } from '@shared/domain/catalogue';
import type { Dataset, Split } from '@shared/domain/dataset';
import type { Pair, Run, TrainSpec } from '@shared/domain/run';
import type { InitialChoice } from '@shared/domain/weights';
import { checkValues } from '@shared/params';
import type { PairDraft } from '@shared/rpc';
import { completeTraining } from '@shared/complete-spec';
import { chooseInitial } from '../weights/find-by-name';
import type { Context } from './context';
import { byId } from './by-id';
import { finish } from './job-steps';
import type { PairPlan } from './schema';
import { same } from '@shared/canonical';

/** Runs of one entry of the plan that belong together: both twins of a pair, or an imported run alone. */
export interface TrainedPair {
  /** Null for an imported run without a twin. */
  readonly pair: Pair | null;
  readonly runIds: readonly number[];
}

/** Every run once: pairs may share their baseline. */
export function runsOf(pairs: readonly TrainedPair[]): number[] {
  return [...new Set(pairs.flatMap((pair) => pair.runIds))];
}

/**
 * Trains a pair, once or repeated, or continues or reuses one whose specs are exactly the planned ones.
 * @param splits the experiment's split, followed by its repeats
 * @returns one pair per repeat
 */
export async function ensurePair(
  context: Context,
  dataset: Dataset,
  splits: readonly [Split, ...Split[]],
  planned: PairPlan,
): Promise<TrainedPair[]> {
  const { lab, plan, catalogue, narrator } = context;
  const model = byId('model', catalogue.models, planned.model);
  const first = trainSpec(model, dataset, splits[0], planned, planned.seed ?? plan.seed);
  const { repeats } = planned;
  const specs = repeats ? repeated(first, splits, repeats) : [first];
  const initial = await chooseInitial(lab, [planned.weights ?? []].flat());
  const usual = repeats ? model.title : `${model.title}, seed ${first.seed}`;
  const { twin } = planned;
  const nt = first.nt ?? {};
  const draft: PairDraft = { name: planned.name ?? usual, ...first, nt, twin, initial };
  const found = await findPairs(context, model, specs, initial, repeats !== undefined);
  const pairs = found ?? (await create(context, draft, specs, repeats));
  const trained = pairs.map((pair) => ({ pair, runIds: [pair.baselineRunId, pair.ntRunId] }));
  const runs = await Promise.all(
    trained.flatMap(({ runIds }) => runIds).map((id) => lab.call('run.get', { id })),
  );
  const jobIds = runs.map(({ trainJobId }) => trainJobId);
  const outcome = await finish(context, jobIds, found !== undefined);
  const name = pairs.length > 1 ? `${pairs.length} repeats of ${draft.name}` : pairs[0]?.name;
  narrator.step(outcome, `trained ${name ?? ''}`);
  return trained;
}

type FullSpec = Omit<TrainSpec, 'initial' | 'imported'>;

/** The pair's settings once per repeat: with the next seed, or with the next split. */
function repeated(
  first: FullSpec,
  splits: readonly Split[],
  { count, over }: NonNullable<PairPlan['repeats']>,
): FullSpec[] {
  if (over === 'splits') return splits.slice(0, count).map(({ id }) => ({ ...first, splitId: id }));
  return Array.from({ length: count }, (_, i) => ({ ...first, seed: first.seed + i }));
}

async function create(
  { lab }: Context,
  draft: PairDraft,
  specs: readonly FullSpec[],
  repeats: PairPlan['repeats'],
): Promise<Pair[]> {
  if (!repeats) return [await lab.call('pair.create', { draft })];
  const { over, count } = repeats;
  const splitIds = specs.map(({ splitId }) => splitId);
  return await lab.call('pair.createRepeats', {
    draft,
    repeats: over === 'seeds' ? { over, count } : { over, splitIds },
  });
}

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
    nt:
      planned.twin === 'at' ? null : checkValues('nt', model.nt, { ...preset?.nt, ...planned.nt }),
    ...(planned.twin !== 'nt' && { at: checkValues('at', model.at, planned.at) }),
    seed,
  };
}

/** The newest stored pair of each spec; repeats must be of one series. Undefined where one is missing. */
async function findPairs(
  context: Context,
  model: ModelInfo,
  specs: readonly FullSpec[],
  initial: InitialChoice | undefined,
  inSeries: boolean,
): Promise<Pair[] | undefined> {
  const { lab, plan } = context;
  const chosen = initial?.kind === 'weights' ? initial.sha256.toSorted() : [];
  const runs = new Map((await lab.call('run.list', {})).map((run) => [run.id, run]));
  const usable = (run: Run | undefined, spec: FullSpec) =>
    run !== undefined &&
    run.deletedAtMs === null &&
    run.state !== 'cancelled' &&
    (plan.engine === undefined || run.engine === null || run.engine === plan.engine) &&
    same(
      { ...completeTraining(model, run.spec), initial: filesOf(run.spec) },
      { ...spec, initial: chosen },
    );
  const fits = (pair: Pair, spec: FullSpec) => {
    const { at, ...plain } = spec;
    return (
      usable(runs.get(pair.baselineRunId), { ...plain, nt: null }) &&
      usable(runs.get(pair.ntRunId), at ? { ...plain, at } : plain)
    );
  };
  const pairs = await lab.call('pair.list', {});
  const ids = [...new Set(pairs.flatMap(({ series }) => series?.id ?? []))];
  const groups = inSeries
    ? ids.map((id) => pairs.filter(({ series }) => series?.id === id))
    : [pairs];
  for (const group of groups) {
    const found = specs.flatMap((spec) => group.find((pair) => fits(pair, spec)) ?? []);
    if (found.length === specs.length) return found;
  }
  return undefined;
}

/** Checksums of the files a run starts from: what a file was called when it came does not matter. */
export function filesOf({ initial }: TrainSpec): string[] {
  return initial?.kind === 'weights' ? initial.files.map(({ sha256 }) => sha256).sort() : [];
}
