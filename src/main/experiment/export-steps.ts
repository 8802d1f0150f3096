import { copyFile, mkdir } from 'node:fs/promises';
import { extname, join, resolve } from 'node:path';
import type { FigureOptions, StudySelection } from '@shared/domain/study';
import { LabError } from '@shared/errors';
import { findFigure } from '@shared/figures';
import type { Exported } from '@shared/rpc';
import { storageError } from '../db/errors';
import type { Context } from './context';
import { runsOf, type TrainedPair } from './pair-steps';
import type { Drawn } from './schema';

/** Text in figures as callouts in a paper's own text; resolution of line art in print. */
export const printedText = { fontPt: 8, font: 'serif', dpi: 300 } as const;

export interface Results {
  readonly pairs: readonly TrainedPair[];
  /** The first repeat of each entry of the plan, in its order. */
  readonly planned: readonly TrainedPair[];
  /** Jobs of each planned attack, in the order of the plan. */
  readonly attackJobs: readonly (readonly number[])[];
}

/** Writes every planned figure and table into the workspace; the files of a repeat are the same. */
export async function exportAll(context: Context, results: Results): Promise<Exported[]> {
  const { lab, plan, narrator } = context;
  const files: Exported[] = [];
  const copies: Copy[] = [];
  const took = (exported: Exported, id: string, drawn: Drawn): void => {
    files.push(exported);
    copies.push({ exported, stem: stemOf(id, drawn) });
  };
  for (const figure of plan.figures) {
    const drawn = await drawnOf(context, results, figure);
    const size = { ...findFigure(figure.figure).size, ...printedText, ...figure.size };
    for (const format of figure.formats) {
      const args = { figureId: figure.figure, ...drawn, size, format };
      took(await lab.call('export.figure', args), figure.figure, figure);
    }
  }
  for (const table of plan.tables) {
    const drawn = await drawnOf(context, results, table);
    for (const format of table.formats) {
      const args = { tableId: table.table, ...drawn, format };
      took(await lab.call('export.table', args), table.table, table);
    }
  }
  if (files.length > 0) narrator.step('done', `wrote ${files.length} files of figures and tables`);
  await copyAll(context, copies);
  return files;
}

/** An exported file and what its copy is called, which does not depend on the workspace. */
interface Copy {
  readonly exported: Exported;
  readonly stem: string;
}

/** Pairs and attacks are told apart as the experiment file counts them. */
function stemOf(id: string, { pair, attack, side, scored }: Drawn): string {
  return [
    id,
    pair !== undefined && `pair-${pair}`,
    attack !== undefined && `attack-${attack}`,
    side !== 'test' && side,
    scored !== 'float' && scored,
  ]
    .filter(Boolean)
    .join('-');
}

async function copyAll({ plan, baseDir, narrator }: Context, copies: Copy[]): Promise<void> {
  if (plan.copyTo === undefined || copies.length === 0) return;
  const folder = resolve(baseDir, plan.copyTo);
  try {
    await mkdir(folder, { recursive: true });
    for (const { exported, stem } of copies) {
      await copyFile(exported.path, join(folder, `${stem}${extname(exported.path)}`));
      // One recipe tells of all formats of a figure or table.
      if (exported.recipe) {
        await copyFile(exported.recipe.path, join(folder, `${stem}.recipe.json`));
      }
    }
  } catch (thrown) {
    throw storageError(thrown, folder);
  }
  narrator.step('done', `copied them to ${folder}`);
}

async function drawnOf(
  { lab, plan }: Context,
  { pairs, planned, attackJobs }: Results,
  drawn: Drawn,
): Promise<{ selection: StudySelection; options: FigureOptions }> {
  const selection = { runIds: runsOf(pairs), side: drawn.side };
  const options: FigureOptions = {
    scored: drawn.scored,
    ...(drawn.paper && { paper: true }),
    ...(drawn.joined && { joined: true }),
  };
  if (drawn.pair !== undefined) {
    options.pairId = at(planned, drawn.pair, 'pair', planned.length).pair?.id;
  }
  if (drawn.attack !== undefined) {
    const jobs = at(attackJobs, drawn.attack, 'attack', plan.attacks.length);
    // Figures choose an attack by the label the study gives it.
    const study = await lab.call('study.load', selection);
    const attacks = study.runs.flatMap((run) => run.attacks);
    options.attack = attacks.find(({ jobId }) => jobs.includes(jobId))?.label;
  }
  return { selection, options };
}

/** The n-th of a list, from 1, as the file counts them. */
function at<T>(items: readonly T[], n: number, what: string, length: number): T {
  const item = items[n - 1];
  if (item !== undefined) return item;
  throw new LabError({
    kind: 'bad-input',
    message: `a figure or table names ${what} ${n}, but the experiment has ${length}`,
    safe: 'All results are stored; only the export is missing.',
    next: 'Correct the number and run the experiment again; finished steps are reused.',
  });
}
