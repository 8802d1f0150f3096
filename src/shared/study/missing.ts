import type { FigureOptions, Study, StudyRun } from '../domain/study';
import type { ParamValues } from '../params';
import { chosenAttack, chosenPair, attackOf, runLabel, type StudyPair } from './select';

/** Something a figure or table needs and the study does not hold, with the job that would make it. */
export interface Missing {
  readonly action: 'train' | 'evaluate' | 'attack' | 'norms';
  /** The run that lacks it; null when there is no run at all. */
  readonly runId: number | null;
  /** One sentence for a person. */
  readonly reason: string;
  /** The attacks that would make it, where it must be certain ones: settings beside the defaults. */
  readonly attacks?: readonly {
    readonly attackId: string;
    readonly params: ParamValues;
    /** Of the settings that all attacks share. */
    readonly run?: ParamValues;
  }[];
}

/** What a run may lack; null when it has it. */
export type Need = (run: StudyRun, study: Study) => Missing | null;

const noRun: Missing = {
  action: 'train',
  runId: null,
  reason: 'No run is chosen: train a pair, or choose one.',
};

/** The ingredients that `need` finds missing among the runs of the chosen pair. */
export function missingInPair(study: Study, options: FigureOptions, need: Need): Missing[] {
  const pair = chosenPair(study, options);
  return pair ? pair.runs.flatMap((run) => need(run, study) ?? []) : [noRun];
}

/** The same among the runs of several pairs; a baseline they share is asked once. */
export function missingInPairs(study: Study, pairs: readonly StudyPair[], need: Need): Missing[] {
  const runs = [...new Set(pairs.flatMap((pair) => pair.runs))];
  return runs.length === 0 ? [noRun] : runs.flatMap((run) => need(run, study) ?? []);
}

/** The same among all runs of the study, for tables. */
export function missingInStudy(study: Study, need: Need): Missing[] {
  return study.runs.length === 0 ? [noRun] : study.runs.flatMap((run) => need(run, study) ?? []);
}

/** Scores of the clean images of the study's side. */
export const needScores: Need = (run, study) =>
  run.scores && run.scores.rows.length > 0
    ? null
    : lack(run, 'evaluate', `has no scores on the ${study.selection.side} images yet`);

/** At least one image attacked with the chosen attack. */
export function needAttack(runs: readonly StudyRun[], options: FigureOptions): Need {
  const label = chosenAttack(runs, options);
  return (run) => {
    if ((attackOf(run, label)?.rows.length ?? 0) > 0) return null;
    return lack(
      run,
      'attack',
      `has not been attacked${label === null ? ' yet' : ` with ${label}`}`,
    );
  };
}

/** At least one gradient norm. */
export const needNorms: Need = (run) =>
  run.norms && run.norms.rows.length > 0
    ? null
    : lack(run, 'norms', 'has no gradient norms measured yet');

/** At least one recorded optimiser step. */
export const needSteps: Need = (run) =>
  run.steps.length > 0
    ? null
    : lack(run, 'train', untrained(run) ?? 'has no training steps recorded yet');

/** At least one validated epoch. */
export const needEpochs: Need = (run) =>
  run.epochs.some((epoch) => epoch.validationSrocc !== null || epoch.validationRmse !== null)
    ? null
    : lack(run, 'train', untrained(run) ?? 'has no validation results recorded yet');

/** What never was cannot be made up for: an imported run has no training to show. */
function untrained({ run }: StudyRun): string | null {
  return run.spec.imported ? 'was not trained here, so there is no training to show' : null;
}

function lack(run: StudyRun, action: Missing['action'], what: string): Missing {
  return { action, runId: run.run.id, reason: `${runLabel(run)} ${what}.` };
}
