import type { FigureOptions, Study, StudyRun } from '../domain/study';
import { pairsOf, runLabel, type StudyPair } from './select';

/**
 * One pair per model, in the order of the study, for figures with one panel per model: of several
 * pairs of a model the one asked for, else the first.
 */
export function pairPerModel(study: Study, options: FigureOptions): StudyPair[] {
  const byModel = new Map<string, StudyPair>();
  for (const pair of pairsOf(study)) {
    const model = pair.runs[0]?.run.spec.modelId ?? '';
    const asked = pair.pairId !== null && pair.pairId === options.pairId;
    if (asked || !byModel.has(model)) byModel.set(model, pair);
  }
  return [...byModel.values()];
}

/** What tells a run from its twin without the name of the model: "baseline", "+NT". */
export function regimeLabel(run: StudyRun): string {
  return runLabel(run).slice(run.modelTitle.length).trim() || 'baseline';
}
