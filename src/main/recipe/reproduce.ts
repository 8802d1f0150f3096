import { engineNames, type EngineName } from '@shared/domain/catalogue';
import type { Recipe } from '@shared/domain/recipe';
import type { Job } from '@shared/domain/run';
import type { FigureOptions, Study } from '@shared/domain/study';
import { LabError } from '@shared/errors';
import type { Exported, RpcClient } from '@shared/rpc';
import { FigureSize } from '@shared/rpc';
import { is } from 'valibot';
import type { Narrator, Outcome } from '../experiment/context';
import { runExperiment, type ExperimentResult } from '../experiment/runner';
import { parseExperiment } from '../experiment/schema';
import { allWeights } from '../weights/find-by-name';
import { compareNumbers, type Comparison } from './compare';
import { ensureRecipeData } from './data';
import { madeThing } from './made';
import { numbersOf } from './make';

export interface Reproduction {
  readonly comparison: Comparison;
  /** The figure or table made again, with its recipe. */
  readonly file: Exported;
  /** False where the workspace had every step already: then nothing was really made again. */
  readonly ranAgain: boolean;
  /** What a person should know before believing the comparison. */
  readonly notes: readonly string[];
}

export interface ReproduceOptions {
  readonly narrator: Narrator;
  readonly wait: (jobIds: readonly number[]) => Promise<Job[]>;
  /** Folder of the pictures; null where the workspace has them or the lab draws them. */
  readonly dataFolder: string | null;
  /** Engine to use; null for the recorded one where it is here, else the best. */
  readonly engine: EngineName | null;
}

/**
 * Makes what a recipe describes again, with its own experiment files, and compares the numbers.
 * @throws LabError `bad-input` where the recipe itself says that it is not whole, `missing-file` where
 *   pictures or weight files are not here, or what a step throws
 */
export async function reproduce(
  lab: RpcClient,
  recipe: Recipe,
  { narrator, wait, dataFolder, engine }: ReproduceOptions,
): Promise<Reproduction> {
  refuseIncomplete(recipe);
  await refuseMissingFiles(lab, recipe);
  const notes: string[] = [...recipe.gaps];
  const chosen = engine ?? (await recordedEngine(lab, recipe, notes));
  const outcomes = new Set<Outcome>();
  const watching: Narrator = {
    importing: (progress) => narrator.importing(progress),
    step(outcome, text) {
      if (!/^(data set|split) /.test(text)) outcomes.add(outcome);
      narrator.step(outcome, text);
    },
  };
  const results: ExperimentResult[] = [];
  for (const { data, file } of recipe.experiments) {
    const stored = await ensureRecipeData(lab, data, dataFolder);
    const plan = {
      ...(file as object),
      ...(stored !== null && { dataset: { stored } }),
      ...(chosen !== null && { engine: chosen }),
    };
    const experiment = parseExperiment(JSON.stringify(plan), 'the recipe\u2019s experiment');
    const result = await runExperiment(lab, experiment, {
      ...{ baseDir: process.cwd(), narrator: watching, wait },
    });
    if (result.dataset.contentHash !== data.contentHash)
      notes.push(
        'The generated pictures are not those of the recipe to the last bit; another version of the image library writes them.',
      );
    results.push(result);
  }
  const runIds = recipe.runs.map(({ experiment, pair, half, name }) => {
    const id = results[experiment]?.pairs[pair]?.runIds[half];
    if (id === undefined) throw new Error(`reproduce: ${name} was not made`);
    return id;
  });
  const selection = { runIds: [...new Set(runIds)], side: recipe.side };
  const study = await lab.call('study.load', selection);
  const options = optionsFor(recipe, study, runIds);
  const { numbers } = madeThing(recipe.kind, recipe.id).content(study, options);
  return {
    comparison: compareNumbers(recipe.numbers, numbersOf(numbers)),
    file: await exported(lab, recipe, selection, options),
    ranAgain: outcomes.size === 0 || [...outcomes].some((outcome) => outcome !== 'reused'),
    notes,
  };
}

function refuseIncomplete(recipe: Recipe): void {
  if (recipe.runs.length > 0 && recipe.runs.length === recipe.provenance.length) return;
  throw new LabError({
    kind: 'bad-input',
    message: `this ${recipe.kind} cannot be made again from its recipe alone`,
    safe: 'Nothing was started.',
    next: recipe.gaps.join(' ') || 'It names no run.',
  });
}

async function refuseMissingFiles(lab: RpcClient, { files }: Recipe): Promise<void> {
  if (files.length === 0) return;
  const here = new Set((await allWeights(lab)).map(({ sha256 }) => sha256));
  const missing = files.filter(({ sha256 }) => !here.has(sha256));
  if (missing.length === 0) return;
  const list = missing.map(({ label, sha256 }) => `${label} (SHA-256 ${sha256.slice(0, 12)})`);
  throw new LabError({
    kind: 'missing-file',
    message: `the recipe needs weight files that are not in this workspace: ${list.join(', ')}`,
    safe: 'Nothing was started.',
    next: 'Name them or their folder: --weights PATH.',
  });
}

/** The engine the runs were made on, where all were made on one and it works here. */
async function recordedEngine(
  lab: RpcClient,
  { provenance }: Recipe,
  notes: string[],
): Promise<EngineName | null> {
  const recorded = new Set(
    provenance.map((entry) => (entry as { readonly engine?: unknown }).engine),
  );
  const name = engineNames.find((each) => recorded.has(each));
  if (recorded.size === 1 && name !== undefined) {
    try {
      return (await lab.call('engine.select', { name })).name;
    } catch (error) {
      // One that does not work here is said below; the best that does will do.
      if (!(error instanceof LabError)) throw error;
    }
  }
  notes.push(
    `The numbers were made on ${[...recorded].map((each) => String(each)).join(' and ')}, which is not at hand here; another engine rounds otherwise.`,
  );
  return null;
}

/** The recipe's options in the words of this workspace: its own pair, pictures and attack label. */
function optionsFor(recipe: Recipe, study: Study, runIds: readonly number[]): FigureOptions {
  const twin = recipe.pairOf === undefined ? undefined : runIds[recipe.pairOf];
  const pair = study.pairs.find(
    ({ ntRunId, baselineRunId }) => ntRunId === twin || baselineRunId === twin,
  );
  const labels = [
    ...new Set(study.runs.flatMap(({ attacks }) => attacks.map(({ label }) => label))),
  ];
  const { attack } = recipe.options;
  const images = study.runs[0]?.images ?? [];
  return {
    ...recipe.options,
    ...(pair && { pairId: pair.id }),
    // Where one attack alone was made again, its label says less than among many.
    ...(attack !== undefined && { attack: labels.includes(attack) ? attack : labels[0] }),
    ...(recipe.images && {
      imageIds: recipe.images.flatMap(
        (name) => images.find((each) => each.name === name)?.id ?? [],
      ),
    }),
  };
}

async function exported(
  lab: RpcClient,
  recipe: Recipe,
  selection: Study['selection'],
  options: FigureOptions,
): Promise<Exported> {
  const { id, kind, size } = recipe;
  if (kind === 'table')
    return await lab.call('export.table', { tableId: id, selection, options, format: 'csv' });
  if (!is(FigureSize, size)) throw new Error('reproduce: the recipe of a figure has its size');
  return await lab.call('export.figure', { figureId: id, selection, options, size, format: 'pdf' });
}
