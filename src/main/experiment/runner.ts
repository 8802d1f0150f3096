import type { Dataset, Split } from '@shared/domain/dataset';
import type { EngineInfo, EngineName } from '@shared/domain/catalogue';
import type { Job } from '@shared/domain/run';
import type { Exported, RpcClient } from '@shared/rpc';
import type { Context, Narrator } from './context';
import { ensureWeights } from './weight-steps';
import { ensureDataset, ensureSplits } from './data-steps';
import { ensureFit } from './fit-steps';
import { ensureDefended } from './defence-steps';
import { exportAll } from './export-steps';
import { ensureImport } from './import-steps';
import { ensureAttacks } from './attack-steps';
import { ensureNorms, ensureScores } from './job-steps';
import { ensurePair, runsOf, type TrainedPair } from './pair-steps';
import type { Experiment } from './schema';
import { ensureSweep } from './sweep-steps';

export interface ExperimentResult {
  readonly dataset: Dataset;
  readonly split: Split;
  readonly pairs: readonly TrainedPair[];
  readonly files: readonly Exported[];
  readonly engine: EngineInfo;
}

/**
 * Does a whole experiment through the lab's contract. A step that the workspace already holds, with
 * exactly the same description, is reused; one that was stopped is continued. So running the same
 * file again finishes what is missing and nothing else.
 * @throws LabError of the first step that fails; what is finished stays and is reused next time
 */
export async function runExperiment(
  lab: RpcClient,
  plan: Experiment,
  options: {
    narrator: Narrator;
    baseDir: string;
    wait: (jobIds: readonly number[]) => Promise<Job[]>;
  },
): Promise<ExperimentResult> {
  if (plan.engine !== undefined) await ensureEngine(lab, plan.engine);
  const catalogue = await lab.call('catalogue.get', {});
  const context: Context = { lab, plan, catalogue, fitted: new Map(), ...options };
  const dataset = await ensureDataset(context);
  const splits = await ensureSplits(context, dataset);
  const [split] = splits;
  await ensureWeights(context);
  const made: TrainedPair[][] = [];
  for (const planned of plan.pairs) {
    made.push(await ensurePair(context, dataset, splits, planned));
  }
  for (const planned of plan.imports) {
    made.push([await ensureImport(context, dataset, split, planned)]);
  }
  for (const planned of plan.sweeps) {
    made.push(await ensureSweep(context, dataset, split, planned));
  }
  const pairs = made.flat();
  const planned = made.flatMap(([first]) => first ?? []);
  const runIds = runsOf(pairs);
  for (const side of plan.evaluate) await ensureScores(context, runIds, side);
  for (const planned of plan.fits) await ensureFit(context, pairs, planned);
  for (const planned of plan.defences) await ensureDefended(context, runIds, planned);
  const attackJobs = await ensureAttacks(context, runIds);
  for (const planned of plan.norms) await ensureNorms(context, runIds, planned);
  const files = await exportAll(context, { pairs, planned, attackJobs });
  return { dataset, split, pairs, files, engine: await ensureEngine(lab, plan.engine) };
}

/** The engine that is loaded, if it will do: it cannot be changed while a job runs. */
async function ensureEngine(lab: RpcClient, wanted: EngineName | undefined): Promise<EngineInfo> {
  const { current } = await lab.call('engine.info', {});
  if (current && (wanted === undefined || current.name === wanted)) return current;
  return await lab.call('engine.select', { name: wanted ?? null });
}
