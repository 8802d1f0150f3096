import { runExperiment, type ExperimentResult } from '../../experiment/runner';
import type { Narrator } from '../../experiment/context';
import type { Experiment } from '../../experiment/schema';
import { summarise, summaryRows, type TwinSummary } from '../../experiment/summary';
import { columns } from './columns';
import type { Session } from './session';

const marks = { done: 'done', reused: 'kept', continued: 'done' } as const;

export interface ExperimentReport {
  readonly result: ExperimentResult;
  readonly twins: readonly TwinSummary[];
}

/**
 * Runs an experiment with progress and prints what it came to.
 * @param again the command that continues it, should it be stopped
 */
export async function runAndReport(
  session: Session,
  plan: Experiment,
  baseDir: string,
  again: string,
): Promise<ExperimentReport> {
  const { lab } = session;
  const wanted = session.engine === null ? plan : { ...plan, engine: session.engine };
  const result = await runExperiment(lab, wanted, {
    baseDir,
    wait: (jobIds) => session.wait(jobIds, again),
    narrator: experimentNarrator(session),
  });
  const runIds = result.pairs.flatMap((pair) => pair.runIds);
  const study = await lab.call('study.load', { runIds, side: 'test' });
  const twins = summarise(study);
  printSummary(session, plan, result, twins);
  return { result, twins };
}

/** Tells every step of an experiment in a line of its own, and how far pictures are prepared. */
export function experimentNarrator({ terminal, progress }: Session): Narrator {
  let importing = false;
  return {
    step(outcome, text) {
      if (importing) progress.abandon();
      importing = false;
      // Finished jobs have already had their line, with the time they took.
      terminal.note(`${marks[outcome]}  ${text}`);
    },
    importing({ done, total, phase }) {
      if (!importing) progress.start('preparing the pictures');
      importing = true;
      progress.update({ done, total, unit: 'pictures', phase, leftMs: null });
    },
  };
}

function printSummary(
  { terminal, workspace }: Session,
  plan: Experiment,
  { dataset, split, files, engine }: ExperimentResult,
  twins: readonly TwinSummary[],
): void {
  const synthetic = dataset.synthetic ? ' (synthetic pictures, simulated raters)' : '';
  const { train, validation, test } = split.counts;
  terminal.out('');
  terminal.out(`${plan.name}: ${dataset.name}${synthetic}`);
  terminal.out(
    `${dataset.imageCount} pictures: ${train} training, ${validation} validation, ${test} test; ` +
      `engine ${engine.name}, ${engine.description}`,
  );
  terminal.out('');
  const { headers, rows } = summaryRows(twins);
  for (const line of columns(headers, rows, 200)) terminal.out(line);
  terminal.out('');
  terminal.out(
    'Clean: scores against MOS, lab scale 0 to 100. Attack: scores before against after.',
  );
  if (files.length > 0)
    terminal.out(`${files.length} figures and tables in ${exportFolder(files)}`);
  terminal.out(`Workspace: ${workspace}`);
}

function exportFolder(files: ExperimentResult['files']): string {
  const first = files[0];
  return first ? first.path.slice(0, -first.fileName.length - 1) : '';
}
