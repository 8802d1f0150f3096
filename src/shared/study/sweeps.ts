import type { FigureOptions, Study, StudyAttack, StudyRun } from '../domain/study';
import { mean } from '../stats/quantiles';
import { attackLabels, attackOf, pairsOf, type StudyPair } from './select';

/** Twins of one baseline that differ in one setting of their regularisation. */
export interface TwinSweep {
  /** Title of the model; with the baseline's name where two sweeps share a model. */
  readonly label: string;
  readonly baseline: StudyRun;
  /** Ascending in the setting, one per value. */
  readonly twins: readonly { readonly value: number; readonly run: StudyRun }[];
}

/**
 * Sweeps of lambda or h: for every baseline, its twins that agree in all else of their
 * regularisation. Baselines of equal specification count as one, so pairs made before baselines
 * could be shared belong together too.
 *
 * @param pairId the sweep of this pair's twin is taken where a baseline stands in several
 */
export function twinSweeps(study: Study, id: 'lambda' | 'h', pairId?: number): TwinSweep[] {
  const groups = new Map<string, { pair: StudyPair; baseline: StudyRun; twin: StudyRun }[]>();
  for (const pair of pairsOf(study)) {
    const [baseline, twin] = pair.runs;
    if (!baseline || !twin || typeof twin.run.spec.nt?.[id] !== 'number') continue;
    const key = JSON.stringify(baseline.run.spec);
    groups.set(key, [...(groups.get(key) ?? []), { pair, baseline, twin }]);
  }
  const found = [...groups.values()].flatMap((members): TwinSweep[] => {
    const bySettings = new Map<string, typeof members>();
    for (const member of members) {
      const key = restOf(member.twin, id);
      bySettings.set(key, [...(bySettings.get(key) ?? []), member]);
    }
    const own = [...bySettings.values()];
    const asked = own.find((each) => each.some(({ pair }) => pair.pairId === pairId));
    const longest = own.reduce<typeof members>((a, b) => (b.length > a.length ? b : a), []);
    const [first] = asked ?? longest;
    if (!first) return [];
    const byValue = new Map(
      (asked ?? longest).map(({ twin }) => [Number(twin.run.spec.nt?.[id]), twin]),
    );
    const twins = [...byValue]
      .map(([value, run]) => ({ value, run }))
      .sort((a, b) => a.value - b.value);
    return [{ label: first.baseline.modelTitle, baseline: first.baseline, twins }];
  });
  const titles = found.map(({ label }) => label);
  return found.map((sweep) => {
    const unique = titles.indexOf(sweep.label) === titles.lastIndexOf(sweep.label);
    return unique ? sweep : { ...sweep, label: `${sweep.label} (${sweep.baseline.run.name})` };
  });
}

/** What a twin's training adds but for the setting that is swept. */
function restOf({ run }: StudyRun, id: string): string {
  const { nt, at } = run.spec;
  return JSON.stringify([Object.entries(nt ?? {}).filter(([key]) => key !== id), at ?? null]);
}

/** One strength of an attack, as several runs were attacked with it. */
export interface Intensity {
  readonly label: string;
  readonly epsilon: number;
  /** 1 for an attack without iterations. */
  readonly steps: number;
}

/**
 * The strengths in which one attack was run: batches of one kind that differ in epsilon or the
 * number of steps and in nothing else but the step size. Of several such families the one of the
 * attack asked for, else the largest.
 */
export function intensities(runs: readonly StudyRun[], options: FigureOptions): Intensity[] {
  const families = new Map<string, Map<string, Intensity>>();
  for (const label of attackLabels(runs)) {
    const batch = runs.map((run) => attackOf(run, label)).find((each) => each !== null);
    const setting = batch && strengthOf(batch);
    if (!batch || !setting) continue;
    const key = familyOf(batch);
    const family = families.get(key) ?? new Map<string, Intensity>();
    family.set(label, { label, ...setting });
    families.set(key, family);
  }
  const all = [...families.values()];
  const asked = all.find((family) => family.has(options.attack ?? ''));
  const largest = all.reduce<Map<string, Intensity> | null>(
    (a, b) => (a && a.size >= b.size ? a : b),
    null,
  );
  return [...(asked ?? largest ?? new Map<string, Intensity>()).values()].sort(
    (a, b) => a.epsilon - b.epsilon || a.steps - b.steps,
  );
}

function strengthOf({ spec }: StudyAttack): { epsilon: number; steps: number } | null {
  const { epsilon, steps } = spec.params;
  if (typeof epsilon !== 'number') return null;
  return { epsilon, steps: typeof steps === 'number' ? steps : 1 };
}

/** Everything about a batch that is not its strength. */
function familyOf({ spec }: StudyAttack): string {
  const { runId, params, ...rest } = spec;
  const swept = ['epsilon', 'steps', 'stepSize'];
  const kept = Object.entries(params).filter(([id]) => !swept.includes(id));
  return JSON.stringify([{ ...rest, runId: runId * 0 }, kept]);
}

/** Mean similarity of the attacked pictures to the originals, and which variant it is. */
export function meanSsim(
  batch: StudyAttack,
): { readonly variant: string; readonly value: number } | null {
  const names = Object.keys(batch.rows[0]?.ssim ?? {});
  const stored = batch.spec.run['ssim'];
  const variant = names.find((name) => name === stored) ?? names[0];
  if (variant === undefined) return null;
  const values = batch.rows.flatMap(({ ssim }) => ssim[variant] ?? []);
  const { value } = mean(values);
  return value === null ? null : { variant, value };
}
