import type { FigureOptions, StudySelection } from '@shared/domain/study';
import { LabError } from '@shared/errors';
import { findFigure } from '@shared/figures';
import type { Exported } from '@shared/rpc';
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
  for (const figure of plan.figures) {
    const drawn = await drawnOf(context, results, figure);
    const size = { ...findFigure(figure.figure).size, ...printedText, ...figure.size };
    for (const format of figure.formats) {
      const args = { figureId: figure.figure, ...drawn, size, format };
      files.push(await lab.call('export.figure', args));
    }
  }
  for (const table of plan.tables) {
    const drawn = await drawnOf(context, results, table);
    for (const format of table.formats) {
      files.push(await lab.call('export.table', { tableId: table.table, ...drawn, format }));
    }
  }
  if (files.length > 0) narrator.step('done', `wrote ${files.length} files of figures and tables`);
  return files;
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
