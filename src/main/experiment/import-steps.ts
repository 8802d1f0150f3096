import type { Dataset, Split } from '@shared/domain/dataset';
import type { Run } from '@shared/domain/run';
import type { ImportDraft } from '@shared/rpc';
import { findWeightsByName } from '../weights/find-by-name';
import type { Context } from './context';
import { finish } from './job-steps';
import { filesOf, type TrainedPair } from './pair-steps';
import type { ImportPlan } from './schema';

/**
 * Makes runs of weight files as they are, or reuses those whose file, split, seed and settings are
 * the planned ones.
 */
export async function ensureImport(
  context: Context,
  dataset: Dataset,
  split: Split,
  planned: ImportPlan,
): Promise<TrainedPair> {
  const { lab, plan, narrator } = context;
  const fileOf = async (name: string | undefined) =>
    name === undefined ? null : await findWeightsByName(lab, name);
  const [baseline, twin] = [await fileOf(planned.baseline), await fileOf(planned.twin)];
  const draft: ImportDraft = {
    name: planned.name ?? (baseline ?? twin)?.facts.title ?? 'Imported',
    datasetId: dataset.id,
    splitId: split.id,
    baseline: baseline?.sha256 ?? null,
    twin: twin?.sha256 ?? null,
    modelParams: planned.modelParams,
    trainer: planned.views,
    seed: planned.seed ?? plan.seed,
    scale: planned.scale,
  };
  const found = await findImport(context, draft);
  const trained = found ?? (await create(context, draft));
  const runs = await Promise.all(trained.runIds.map((id) => lab.call('run.get', { id })));
  const outcome = await finish(
    context,
    runs.map(({ trainJobId }) => trainJobId),
    found !== null,
  );
  narrator.step(outcome, `took ${draft.name} as imported`);
  return trained;
}

async function create({ lab }: Context, draft: ImportDraft): Promise<TrainedPair> {
  const { runs, pair } = await lab.call('run.import', { draft });
  return { pair, runIds: runs.map(({ id }) => id) };
}

/** What the host fills in, such as the file's own settings, cannot differ where the file is the same. */
async function findImport({ lab, plan }: Context, draft: ImportDraft): Promise<TrainedPair | null> {
  const runs = await lab.call('run.list', {});
  const usable = (run: Run, sha256: string, regime: Run['regime']): boolean =>
    run.deletedAtMs === null &&
    run.state !== 'cancelled' &&
    run.regime === regime &&
    run.spec.imported?.scale === draft.scale &&
    run.spec.datasetId === draft.datasetId &&
    run.spec.splitId === draft.splitId &&
    run.spec.seed === draft.seed &&
    (plan.engine === undefined || run.engine === null || run.engine === plan.engine) &&
    filesOf(run.spec).join() === sha256 &&
    holds(run.spec.trainer, draft.trainer) &&
    holds(run.spec.modelParams, draft.modelParams);
  const find = (sha256: string | null, regime: Run['regime']): Run[] =>
    sha256 === null ? [] : runs.filter((run) => usable(run, sha256, regime));
  const [baselines, twins] = [find(draft.baseline, 'baseline'), find(draft.twin, 'nt')];
  if (draft.baseline === null || draft.twin === null) {
    const alone = [...baselines, ...twins].find(({ pairIds }) => pairIds.length === 0);
    return alone ? { pair: null, runIds: [alone.id] } : null;
  }
  const has = (all: readonly Run[], id: number): boolean => all.some((run) => run.id === id);
  const pair = (await lab.call('pair.list', {})).find(
    ({ baselineRunId, ntRunId }) => has(baselines, baselineRunId) && has(twins, ntRunId),
  );
  return pair ? { pair, runIds: [pair.baselineRunId, pair.ntRunId] } : null;
}

function holds(
  stored: Readonly<Record<string, unknown>>,
  asked: Readonly<Record<string, unknown>>,
): boolean {
  return Object.entries(asked).every(([id, value]) => stored[id] === value);
}
