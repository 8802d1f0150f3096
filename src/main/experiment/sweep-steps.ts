import type { ModelInfo } from '@shared/domain/catalogue';
import type { Dataset, Split } from '@shared/domain/dataset';
import type { SweepAxis, SweepMeasures } from '@shared/domain/sweep';
import { LabError } from '@shared/errors';
import { nearest, type ParamSpec, type ParamValue } from '@shared/params';
import type { PairDraft } from '@shared/rpc';
import { attackAt, combinations } from '@shared/sweep/combine';
import { readValues } from '@shared/sweep/read-values';
import { chooseInitial } from '../weights/find-by-name';
import { byId } from './by-id';
import type { Context } from './context';
import { finish } from './job-steps';
import type { TrainedPair } from './pair-steps';
import type { AttackPlan, SweepPlan, Vary } from './schema';

/** Trains a pair at every combination of a sweep's values; what the workspace holds is reused. */
export async function ensureSweep(
  context: Context,
  dataset: Dataset,
  split: Split,
  planned: SweepPlan,
): Promise<TrainedPair[]> {
  const { lab, plan, catalogue, narrator } = context;
  const model = byId('model', catalogue.models, planned.model);
  const preset =
    planned.preset === undefined ? undefined : byId('preset', model.presets, planned.preset);
  const draft: PairDraft = {
    name: planned.name ?? model.title,
    datasetId: dataset.id,
    splitId: split.id,
    modelId: model.id,
    modelParams: { ...preset?.model, ...planned.modelParams },
    trainer: { ...preset?.trainer, ...planned.trainer },
    nt: { ...preset?.nt, ...planned.nt },
    twin: planned.twin,
    at: planned.at,
    seed: planned.seed ?? plan.seed,
    initial: await chooseInitial(lab, [planned.weights ?? []].flat()),
  };
  const axes = axesOf(planned.vary, pairSettings(model));
  // The experiment's own steps measure every run; the sweep only trains them.
  const measures: SweepMeasures = {
    side: 'test',
    limit: null,
    evaluate: false,
    attacks: [],
    norms: null,
  };
  const request = { name: '', draft, axes, measures };
  const before = await lab.call('sweep.plan', request);
  const group = await lab.call('sweep.start', request);
  const jobIds = group.members.map(({ jobId }) => jobId);
  const existed = before.jobs.every(({ jobId }) => jobId !== null);
  const outcome = await finish(context, jobIds, existed);
  narrator.step(outcome, `trained ${before.pairs} pairs, ${group.name}`);
  const jobs = await Promise.all(jobIds.map((id) => lab.call('job.get', { id })));
  const runIds = new Set(jobs.map(({ runId }) => runId));
  const pairs = (await lab.call('pair.list', {})).sort((a, b) => a.id - b.id);
  return pairs
    .filter((pair) => runIds.has(pair.baselineRunId) && runIds.has(pair.ntRunId))
    .map((pair) => ({ pair, runIds: [pair.baselineRunId, pair.ntRunId] }));
}

/** An attack at every combination of its values; itself where nothing is varied. */
export function variedAttacks({ catalogue }: Context, planned: AttackPlan): AttackPlan[] {
  const info = byId('attack', catalogue.attacks, planned.attack);
  const shared = catalogue.attackRun.map((spec) => [`run.${spec.id}`, spec] as const);
  const settings = new Map<string, Spec>([
    ['seed', seedSpec],
    ...info.params.map((spec) => [spec.id, spec] as const),
    ...shared,
  ]);
  const { params, run, seed } = planned;
  return combinations(axesOf(planned.vary, settings)).map((point) => {
    const at = attackAt({ attackId: info.id, params, run, seed: seed ?? 0 }, point);
    const own = point.some(({ setting }) => setting === 'seed') ? at.seed : seed;
    return { ...planned, params: at.params, run: at.run, seed: own };
  });
}

type Spec = Pick<ParamSpec, 'id' | 'type'>;
const seedSpec: Spec = { id: 'seed', type: 'integer' };

/** Settings of a pair by the name under which they are varied. */
function pairSettings(model: ModelInfo): ReadonlyMap<string, Spec> {
  const { params, trainer, nt, at } = model;
  const lists = { model: params, trainer, nt, at };
  return new Map<string, Spec>([
    ['seed', seedSpec],
    ...Object.entries(lists).flatMap(([list, specs]) =>
      specs.map((spec) => [`${list}.${spec.id}`, spec] as const),
    ),
  ]);
}

function axesOf(vary: Vary, settings: ReadonlyMap<string, Spec>): SweepAxis[] {
  return Object.entries(vary).map(([setting, given]) => {
    const spec = settings.get(setting);
    if (!spec) throw unknown(setting, [...settings.keys()]);
    const values: ParamValue[] = typeof given === 'string' ? readValues(given, spec) : given;
    return { setting, values };
  });
}

function unknown(setting: string, names: readonly string[]): LabError {
  const near = nearest(setting, names);
  return new LabError({
    kind: 'bad-input',
    message: `the experiment varies "${setting}", which is no setting`,
    safe: 'Nothing was started.',
    next: near ? `Did you mean "${near}"?` : `There are: ${names.join(', ')}.`,
  });
}
