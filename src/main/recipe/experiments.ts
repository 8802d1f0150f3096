import { basename } from 'node:path';
import type { Dataset, Split } from '@shared/domain/dataset';
import type { Recipe, RecipeRun } from '@shared/domain/recipe';
import type { Study } from '@shared/domain/study';
import { filesOf } from '../experiment/pair-steps';
import type { ExperimentInput } from '../experiment/schema';
import { planMeasures, type MeasureNotes } from './measure-plans';
import { planEntries, type PlannedEntry } from './pair-plans';
import type { RecipeSource } from './source';

/** A generated data set's folder carries its seed. */
const demoFolder = /^demo-seed-(\d+)(?:-\d+)?$/;

type Experiments = Pick<Recipe, 'experiments' | 'runs' | 'files' | 'gaps'>;

/**
 * Experiment files that make a study again, one per split, and where each of its runs stands in them.
 */
export function planExperiments(study: Study, name: string, source: RecipeSource): Experiments {
  const { entries, gaps } = planEntries(
    study.runs.map(({ run }) => run),
    source,
  );
  const notes: MeasureNotes = { files: new Map(), gaps };
  const bySplit = new Map<number, PlannedEntry[]>();
  for (const entry of entries)
    bySplit.set(entry.splitId, [...(bySplit.get(entry.splitId) ?? []), entry]);
  const places = new Map<number, Omit<RecipeRun, 'name'>>();
  const experiments = [...bySplit].flatMap(([splitId, own], experiment) => {
    // An experiment makes its pairs first and then its imports.
    const ordered = [
      ...own.filter(({ list }) => list === 'pairs'),
      ...own.filter(({ list }) => list === 'imports'),
    ];
    const pairs = ordered.flatMap(({ runIds }) => runIds);
    pairs.forEach((ids, pair) =>
      ids.forEach((id, half) => {
        if (!places.has(id)) places.set(id, { experiment, pair, half });
      }),
    );
    const runs = study.runs.filter(({ run }) => pairs.flat().includes(run.id));
    const [first] = runs;
    if (!first) return [];
    for (const { run } of runs)
      for (const sha256 of filesOf(run.spec))
        notes.files.set(sha256, source.fileTitle(sha256) ?? 'a weight file');
    const file = {
      experiment: 1,
      name,
      dataset: datasetPlan(first.dataset),
      split: splitPlan(source.split(splitId)),
      pairs: ordered.filter(({ list }) => list === 'pairs').map(({ entry }) => entry),
      imports: ordered.filter(({ list }) => list === 'imports').map(({ entry }) => entry),
      ...planMeasures(runs, study.selection.side, pairs, source, notes),
    } as ExperimentInput;
    return [{ data: dataOf(first.dataset), file }];
  });
  return {
    experiments,
    runs: study.runs.flatMap(({ run }) => {
      const place = places.get(run.id);
      return place ? [{ name: run.name, ...place }] : [];
    }),
    files: [...notes.files].map(([sha256, label]) => ({ sha256, label })),
    gaps: [...new Set(notes.gaps)],
  };
}

function dataOf(dataset: Dataset): Recipe['experiments'][number]['data'] {
  const { name, importer, scoreKind, scoreMin, scoreMax, imageCount, contentHash } = dataset;
  const seed = demoSeed(dataset);
  return {
    name,
    importer,
    scoreKind,
    scoreMin,
    scoreMax,
    images: imageCount,
    contentHash,
    ...(seed !== null && { demo: { images: imageCount, seed } }),
  };
}

/** Null for pictures that were not drawn here. */
function demoSeed({ synthetic, importer, root }: Dataset): number | null {
  const match = synthetic && importer === 'demo' ? demoFolder.exec(basename(root)) : null;
  return match ? Number(match[1]) : null;
}

function datasetPlan(dataset: Dataset): ExperimentInput['dataset'] {
  const seed = demoSeed(dataset);
  return seed === null
    ? { stored: dataset.name }
    : { demo: { images: dataset.imageCount, seed }, name: dataset.name };
}

function splitPlan({ spec }: Split): ExperimentInput['split'] {
  return spec.method === 'random' ? spec : { ...spec, method: 'positions' };
}
