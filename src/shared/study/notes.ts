import type { FigureOptions, Study, StudyRun } from '../domain/study';
import { fromScratch, initialText, partsFromScratch, partsOf } from '../weights/initial';
import { listed, short } from './format';
import { pairsOf, runLabel, type StudyPair } from './select';

/**
 * What a reader must know about where numbers come from, as sentences for captions and table notes:
 * the data set and side, whether it is synthetic, whether a checkpoint was chosen on test, whether a run
 * was imported, and whether one started from scratch although its model has published weights.
 */
export function provenanceNotes(study: Study, runs: readonly StudyRun[]): string[] {
  const sets = [...new Map(runs.map((run) => [run.dataset.id, run.dataset])).values()];
  const names = sets.map((set) => (set.synthetic ? `${set.name} (synthetic)` : set.name));
  const notes = names.length > 0 ? [`Data: ${listed(names)}, ${study.selection.side} images.`] : [];
  const onTest = runs.filter((run) => run.run.selection === 'test');
  if (onTest.length > 0) {
    const which = onTest.length === runs.length ? '' : ` (${named(onTest)})`;
    notes.push(`Checkpoints selected on test${which}.`);
  }
  return [...notes, ...importedNotes(runs), ...scratchNotes(runs)];
}

/** Runs that are weight files from elsewhere: nobody here knows what they were shown, and how scores got their scale. */
function importedNotes(runs: readonly StudyRun[]): string[] {
  return runs.flatMap((run) => {
    const { spec, labScale } = run.run;
    if (!spec.imported) return [];
    const line = labScale ? ` (${lineText(labScale)})` : '';
    const scale =
      spec.imported.scale === 'fitted'
        ? `scores brought to 0\u2013100 by a line fitted on the training images${line}`
        : `scores on the model\u2019s own scale${line}`;
    return [
      `${runLabel(run)}: ${initialText(spec)}, not trained here; on which images it was trained is not known; ${scale}.`,
    ];
  });
}

/** "score = 0.912 x output + 4.1" */
function lineText({ scale, offset }: { readonly scale: number; readonly offset: number }): string {
  const sign = offset < 0 ? '\u2212' : '+';
  const moved = offset === 0 ? '' : ` ${sign} ${short(Math.abs(offset))}`;
  return `score = ${short(scale)} \u00d7 output${moved}`;
}

/** Labels of runs, each once: several twins of one baseline share theirs. */
function named(runs: readonly StudyRun[]): string {
  return listed([...new Set(runs.map(runLabel))]);
}

/** Runs that left to the seed what their authors start from published weights. */
function scratchNotes(runs: readonly StudyRun[]): string[] {
  const byParts = new Map<string, StudyRun[]>();
  for (const run of runs) {
    const { spec } = run.run;
    const missing = partsFromScratch(spec, spec.initial ?? fromScratch);
    if (missing.length === 0) continue;
    const whole = missing.length === partsOf(spec).length;
    const what = whole ? '' : `: ${listed(missing.map(({ name }) => name))}`;
    byParts.set(what, [...(byParts.get(what) ?? []), run]);
  }
  return [...byParts].map(
    ([what, these]) =>
      `Trained from scratch, without the usual pretrained weights${what} (${named(these)}).`,
  );
}

/** Names the pairs that were drawn where a study holds others of the same models; null where not. */
export function otherPairsNote(study: Study, drawn: readonly StudyPair[]): string | null {
  const all = pairsOf(study);
  const chosen = drawn.flatMap(({ pairId }) => {
    const pair = all.find((each) => each.pairId === pairId);
    return pair && pair.label !== pair.runs[0]?.modelTitle ? [pair.label] : [];
  });
  return chosen.length === 0
    ? null
    : `Of several pairs of a model one is drawn: ${listed(chosen)}.`;
}

/** States whether the float image or its 8-bit version was scored. */
export function scoredNote(scored: FigureOptions['scored']): string {
  return scored === 'float'
    ? 'Attacked scores are those of the float image.'
    : 'Attacked scores are those of the image as saved in 8 bit.';
}

/** A batch of per-image results as far as a note about its progress is concerned. */
export interface Batch {
  readonly complete: boolean;
  readonly rows: readonly unknown[];
  readonly spec?: { readonly limit: number | null };
}

/** Names batches that have not finished or were limited, with how far they reach; what holds for several is said once. */
export function coverageNotes(
  parts: readonly { readonly run: StudyRun; readonly batch: Batch | null }[],
): string[] {
  const found = parts.flatMap(({ run, batch }) => {
    const limit = batch?.spec?.limit ?? null;
    const total = limit ?? run.images.length;
    if (batch && !batch.complete) {
      return [`Incomplete: ${batch.rows.length} of ${total} images for ${runLabel(run)}.`];
    }
    return limit === null || limit >= run.images.length
      ? []
      : [`The first ${limit} of ${run.images.length} images only for ${runLabel(run)}.`];
  });
  return [...new Set(found)];
}
