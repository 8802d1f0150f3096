import type { SplitSpec } from '@shared/domain/dataset';
import type { Pair, Run, TrainSpec } from '@shared/domain/run';
import { twinKind } from '@shared/twin';
import { same } from '@shared/canonical';
import { filesOf } from '../experiment/pair-steps';
import type { ExperimentInput } from '../experiment/schema';
import type { RecipeSource } from './source';

type PairEntry = NonNullable<ExperimentInput['pairs']>[number];
type ImportEntry = NonNullable<ExperimentInput['imports']>[number];

/** An entry of an experiment file, and the runs it makes: per repeat the baseline, then its twin. */
export interface PlannedEntry {
  readonly list: 'pairs' | 'imports';
  readonly entry: PairEntry | ImportEntry;
  readonly runIds: readonly (readonly number[])[];
  /** The split it starts from: of repeats, that of the first. */
  readonly splitId: number;
}

/**
 * Entries that make these runs again: series as repeats, pairs one by one, imported runs as the files
 * they are. A baseline that several pairs share is shared again.
 * @returns also the runs for which there is no entry, with the reason
 */
export function planEntries(
  runs: readonly Run[],
  source: RecipeSource,
): { entries: PlannedEntry[]; gaps: string[] } {
  const wanted = new Set(runs.map(({ id }) => id));
  const made = new Set<number>();
  const entries: PlannedEntry[] = [];
  const gaps: string[] = [];
  const add = (entry: PlannedEntry): void => {
    entries.push(entry);
    for (const id of entry.runIds.flat()) made.add(id);
  };
  const chosen = source.pairs.filter(({ ntRunId }) => wanted.has(ntRunId));
  for (const pair of chosen) {
    if (made.has(pair.ntRunId)) continue;
    const members = pair.series
      ? chosen.filter(({ series }) => series?.id === pair.series?.id)
      : [pair];
    const repeats = repeatsOf(members, source);
    if (pair.series && members.length > 1 && !repeats)
      gaps.push(
        `The repeats "${pair.series.name}" are not counted up one by one; they become pairs of their own.`,
      );
    if (repeats) add(repeatedEntry(members, repeats, source));
    else add(pairEntry(pair, source));
  }
  for (const run of runs) {
    if (made.has(run.id)) continue;
    const pair = source.pairs.find(({ baselineRunId }) => baselineRunId === run.id);
    if (pair) add(pairEntry(pair, source));
    else if (run.spec.imported) add(importEntry(run.name, [run]));
    else gaps.push(`${run.name} belongs to no pair; an experiment trains pairs only.`);
  }
  return { entries, gaps };
}

function pairEntry(pair: Pair, source: RecipeSource): PlannedEntry {
  const [baseline, twin] = [source.run(pair.baselineRunId), source.run(pair.ntRunId)];
  if (twin.spec.imported) return importEntry(pair.name, [baseline, twin]);
  return {
    list: 'pairs',
    entry: trained(pair.name, twin.spec),
    runIds: [[baseline.id, twin.id]],
    splitId: twin.spec.splitId,
  };
}

function trained(name: string, spec: TrainSpec): PairEntry {
  const files = filesOf(spec);
  const weights = files.length > 0 ? files : spec.initial ? 'scratch' : undefined;
  return {
    name,
    model: spec.modelId,
    modelParams: spec.modelParams,
    trainer: spec.trainer,
    twin: twinKind(spec) ?? 'nt',
    ...(spec.nt && { nt: spec.nt }),
    ...(spec.at && { at: spec.at }),
    seed: spec.seed,
    ...(weights !== undefined && { weights }),
  };
}

function importEntry(name: string, runs: readonly Run[]): PlannedEntry {
  const [first] = runs;
  if (!first) throw new Error('importEntry: no run');
  const { spec } = first;
  const file = (regime: Run['regime']): string | undefined => {
    const run = runs.find((each) => each.regime === regime);
    return run && filesOf(run.spec)[0];
  };
  const [baseline, twin] = [file('baseline'), file('nt')];
  return {
    list: 'imports',
    entry: {
      name,
      ...(baseline !== undefined && { baseline }),
      ...(twin !== undefined && { twin }),
      scale: spec.imported?.scale ?? 'own',
      modelParams: spec.modelParams,
      views: spec.trainer,
      seed: spec.seed,
    },
    runIds: [runs.map(({ id }) => id)],
    splitId: spec.splitId,
  };
}

type Repeats = NonNullable<PairEntry['repeats']>;

/** How the pairs of a series repeat one another; null where an experiment file cannot say it. */
function repeatsOf(members: readonly Pair[], source: RecipeSource): Repeats | null {
  const [first, second] = members;
  const over = first?.series?.over;
  if (!first || !second || over === undefined) return null;
  const specs = members.map(({ ntRunId }) => source.run(ntRunId).spec);
  const counted = (seeds: readonly number[]): boolean =>
    seeds.every((seed, i) => seed === (seeds[0] ?? 0) + i);
  const [start] = specs;
  if (!start || start.imported) return null;
  if (over === 'seeds') {
    const alike = specs.every((spec) => same({ ...spec, seed: 0 }, { ...start, seed: 0 }));
    return alike && counted(specs.map(({ seed }) => seed)) ? { count: members.length, over } : null;
  }
  const splits = specs.map(({ splitId }): SplitSpec => source.split(splitId).spec);
  const alike =
    specs.every((spec) => same({ ...spec, splitId: 0 }, { ...start, splitId: 0 })) &&
    splits.every((spec) => same({ ...spec, seed: 0 }, { ...splits[0], seed: 0 }));
  return alike && counted(splits.map(({ seed }) => seed)) ? { count: members.length, over } : null;
}

function repeatedEntry(
  members: readonly Pair[],
  repeats: Repeats,
  source: RecipeSource,
): PlannedEntry {
  const [first] = members;
  if (!first) throw new Error('repeatedEntry: no pair');
  const { entry, splitId } = pairEntry(first, source);
  return {
    list: 'pairs',
    entry: { ...(entry as PairEntry), name: first.series?.name ?? first.name, repeats },
    runIds: members.map(({ baselineRunId, ntRunId }) => [baselineRunId, ntRunId]),
    splitId,
  };
}
