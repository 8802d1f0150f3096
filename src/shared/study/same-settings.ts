import { canonical } from '../canonical';
import type { AttackSpec } from '../domain/run';
import type { StudyAttack, StudyRun } from '../domain/study';
import { fixed, listed } from './format';
import { attackOf, runLabelIn, type StudyPair } from './select';
import { sharesApart, ssimGate, ssimShare } from './ssim-share';

/** Which run, how many pictures, what was kept and what else was measured of them: no score depends on these. */
const asideOf = {
  spec: ['kind', 'runId', 'limit', 'traces'],
  run: ['keepImages', 'viewsAtOnce', 'distances'],
};

/** The part of an attack's description that its numbers depend on. */
export function settingsThatCount(
  spec: AttackSpec,
): Omit<AttackSpec, 'kind' | 'runId' | 'limit' | 'traces'> {
  const without = <T extends object>(value: T, ids: readonly string[]): T =>
    Object.fromEntries(Object.entries(value).filter(([id]) => !ids.includes(id))) as T;
  return { ...without(spec, asideOf.spec), run: without(spec.run, asideOf.run) };
}

/**
 * Same-settings guard: what keeps the runs of each pair from being compared under the attacks shown.
 * Sentences for captions, notes and banners; empty where the comparison is fair.
 */
export function unfairNotes(pairs: readonly StudyPair[], labels: readonly string[]): string[] {
  const notes = pairs.flatMap((pair) => {
    const [first, second] = pair.runs;
    if (!first || !second) return [];
    return [
      ...labels.flatMap((label) => {
        const batches = [attackOf(first, label), attackOf(second, label)] as const;
        const [a, b] = batches;
        if (!a || !b) return [];
        return [coverageNote(pairs, first, second, a, b), shareNote(pairs, first, second, a, b)];
      }),
      ...otherSettings(pairs, first, second, labels),
    ];
  });
  return [...new Set(notes.filter((note) => note !== null))];
}

/** Share of images above the gate for every run and attack: reported whether or not it is fair. */
export function shareNotes(pairs: readonly StudyPair[], labels: readonly string[]): string[] {
  const parts = labels.flatMap((label) => {
    const own = pairs.flatMap(({ runs }) =>
      runs.flatMap((run) => {
        const attack = attackOf(run, label);
        const share = attack && ssimShare(attack).value;
        return share == null ? [] : [`${runLabelIn(pairs, run)} ${percent(share)}`];
      }),
    );
    if (own.length === 0) return [];
    return [labels.length > 1 ? `${label}: ${own.join(', ')}` : own.join(', ')];
  });
  if (parts.length === 0) return [];
  return [`Images with ${ssimGate.variant} above ${ssimGate.above}: ${parts.join('; ')}.`];
}

function coverageNote(
  pairs: readonly StudyPair[],
  first: StudyRun,
  second: StudyRun,
  a: StudyAttack,
  b: StudyAttack,
): string | null {
  const other = new Set(b.rows.map(({ imageId }) => imageId));
  const common = a.rows.filter(({ imageId }) => other.has(imageId)).length;
  if (common === a.rows.length && common === b.rows.length) return null;
  return (
    `Not the same images under ${a.label}: ${runLabelIn(pairs, first)} ${a.rows.length},` +
    ` ${runLabelIn(pairs, second)} ${b.rows.length}, in common ${common}.`
  );
}

function shareNote(
  pairs: readonly StudyPair[],
  first: StudyRun,
  second: StudyRun,
  a: StudyAttack,
  b: StudyAttack,
): string | null {
  const [x, y] = [ssimShare(a).value, ssimShare(b).value];
  if (x === null || y === null || !sharesApart(x, y)) return null;
  return (
    `Not the same strength under ${a.label}: ${ssimGate.variant} is above ${ssimGate.above} on` +
    ` ${percent(x)} of the images of ${runLabelIn(pairs, first)} and on ${percent(y)} of those of` +
    ` ${runLabelIn(pairs, second)}.`
  );
}

/** An attack that both twins have met, but never with one and the same setting. */
function otherSettings(
  pairs: readonly StudyPair[],
  first: StudyRun,
  second: StudyRun,
  labels: readonly string[],
): string[] {
  const lonely = (run: StudyRun, twin: StudyRun): StudyAttack[] =>
    run.attacks.filter(({ label }) => labels.includes(label) && !attackOf(twin, label));
  return lonely(first, second).flatMap((a) => {
    const b = lonely(second, first).find(({ spec }) => spec.attackId === a.spec.attackId);
    if (!b) return [];
    const differing = differences(a.spec, b.spec);
    return [
      `Not compared, as the settings differ (${listed(differing)}): ${a.label} on` +
        ` ${runLabelIn(pairs, first)} and ${b.label} on ${runLabelIn(pairs, second)}.`,
    ];
  });
}

/** Names of the settings in which two attacks of one kind differ. */
function differences(a: AttackSpec, b: AttackSpec): string[] {
  const flat = (spec: AttackSpec): Record<string, unknown> => {
    const { params, run, ...others } = settingsThatCount(spec);
    return { ...others, ...run, ...params };
  };
  const [x, y] = [flat(a), flat(b)];
  return [...new Set([...Object.keys(x), ...Object.keys(y)])]
    .filter((id) => canonical(x[id] ?? null) !== canonical(y[id] ?? null))
    .map((id) => `${id} ${shown(x[id])} and ${shown(y[id])}`);
}

function percent(share: number): string {
  return `${fixed(100 * share, share === 1 || share === 0 ? 0 : 1)} %`;
}

/** A setting as a person would write it. */
function shown(value: unknown): string {
  if (value === undefined || value === null) return 'none';
  return typeof value === 'string' ? value : canonical(value);
}
