import { runTwin, runTwinName } from '../twin';
import { listed } from './format';
import type { FigureOptions, Study, StudyAttack, StudyRun } from '../domain/study';

/** A baseline and its twin, or a run without one, as figures and tables show them. */
export interface StudyPair {
  /** The model's title; with the pair's name where a study holds several pairs of one model. */
  readonly label: string;
  /** Null for a run on its own. */
  readonly pairId: number | null;
  /** One or two runs, baseline first. */
  readonly runs: readonly StudyRun[];
}

/** Every pair of the study that has at least one run in it, then the runs without a pair. */
export function pairsOf(study: Study): StudyPair[] {
  const byId = new Map(study.runs.map((run) => [run.run.id, run]));
  const paired = new Set<number>();
  const found: { name: string; pairId: number | null; runs: StudyRun[] }[] = [];
  for (const pair of study.pairs) {
    const runs = [pair.baselineRunId, pair.ntRunId].flatMap((id) => byId.get(id) ?? []);
    for (const { run } of runs) paired.add(run.id);
    if (runs.length > 0) found.push({ name: pair.name, pairId: pair.id, runs });
  }
  for (const run of study.runs) {
    if (!paired.has(run.run.id)) found.push({ name: run.run.name, pairId: null, runs: [run] });
  }
  const titles = found.map(({ runs }) => runs[0]?.modelTitle ?? '');
  return found.map(({ name, pairId, runs }, i) => {
    const title = titles[i] ?? '';
    const unique = titles.indexOf(title) === titles.lastIndexOf(title);
    return { label: unique ? title : `${title} (${name})`, pairId, runs };
  });
}

/** The pair a figure of one pair draws: the one asked for, else the first; null in an empty study. */
export function chosenPair(study: Study, options: FigureOptions): StudyPair | null {
  const pairs = pairsOf(study);
  const asked = pairs.find((pair) => pair.pairId !== null && pair.pairId === options.pairId);
  return asked ?? pairs[0] ?? null;
}

/** "CNNIQA" for a baseline, "CNNIQA +NT" or what else its twin adds; ", imported" where not trained here. */
export function runLabel(run: StudyRun): string {
  return labelled(run, run.modelTitle);
}

function labelled({ run }: StudyRun, title: string): string {
  const twin = [title, runTwinName(run)].filter(Boolean).join(' ');
  return run.spec.imported ? `${twin}, imported` : twin;
}

/** "baseline", "nt", "at", "nt+at", or any with ", imported", as data files name it. */
export function regimeText({ run }: StudyRun): string {
  const kind = runTwin(run) ?? 'baseline';
  return run.spec.imported ? `${kind}, imported` : kind;
}

/** What the twins of a study add, for captions: "+NT", or "+NT and +AT" where they differ. */
export function twinNames(runs: readonly StudyRun[]): string {
  const names = new Set(runs.map(({ run }) => runTwinName(run)).filter(Boolean));
  return names.size === 0 ? '+NT' : listed([...names]);
}

/** As `runLabel`, with the pair's name where the study holds several pairs of one model. */
export function runLabelIn(pairs: readonly StudyPair[], run: StudyRun): string {
  const label = pairs.find(({ runs }) => runs.includes(run))?.label ?? run.modelTitle;
  return labelled(run, label);
}

/** Labels of the attacks stored for any of these runs, each once, in stored order. */
export function attackLabels(runs: readonly StudyRun[]): string[] {
  return [...new Set(runs.flatMap((run) => run.attacks.map((attack) => attack.label)))];
}

/** Label of the attack a figure draws: the one asked for, else the first stored one. */
export function chosenAttack(runs: readonly StudyRun[], options: FigureOptions): string | null {
  return options.attack ?? attackLabels(runs)[0] ?? null;
}

/** Whether a batch attacked the model alone: noise is no attack, and behind a defence the score is another function. */
export function isPlainAttack({ spec }: Pick<StudyAttack, 'spec'>): boolean {
  return !spec.defence && !spec.control;
}

/** The run's batch with this label: the newest finished one, else the newest. */
export function attackOf(run: StudyRun, label: string | null): StudyAttack | null {
  const batches = run.attacks.filter((attack) => attack.label === label);
  return batches.findLast((attack) => attack.complete) ?? batches.at(-1) ?? null;
}
