import type { FitSpec } from '@shared/domain/run';
import type { Study, StudyRun } from '@shared/domain/study';
import type { ParamValues } from '@shared/params';
import { canonical } from '@shared/canonical';
import type { ExperimentInput } from '../experiment/schema';
import type { RecipeSource } from './source';

type Steps = Pick<ExperimentInput, 'evaluate' | 'fits' | 'defences' | 'attacks' | 'norms'>;

export interface MeasureNotes {
  /** Weight files from outside that attacks read. */
  readonly files: Map<string, string>;
  readonly gaps: string[];
}

/**
 * The steps of an experiment file that measure these runs again. What was done to one run is done to
 * all of the experiment: a file knows no other way, and numbers of a run do not depend on the others.
 * @param pairs runs of the experiment as it makes them, to say on which one something is fitted
 */
export function planMeasures(
  runs: readonly StudyRun[],
  side: Study['selection']['side'],
  pairs: readonly (readonly number[])[],
  source: RecipeSource,
  notes: MeasureNotes,
): Steps {
  const fits = new Map<string, NonNullable<Steps['fits']>[number]>();
  const fitted = (params: ParamValues, depth: number): ParamValues =>
    Object.fromEntries(
      Object.entries(params).map(([id, value]) => [
        id,
        typeof value === 'string' ? fileName(value, depth) : value,
      ]),
    );
  /** The name of the fit that makes a file again; the file's own checksum where it came from outside. */
  const fileName = (value: string, depth: number): string => {
    if (!/^[0-9a-f]{64}$/.test(value)) return value;
    const known = fits.get(value);
    if (known) return known.name;
    const spec = depth < 4 ? source.fit(value) : null;
    const place = spec && placeOf(spec, pairs);
    if (!spec || !place) {
      if (!notes.files.has(value))
        notes.files.set(value, source.fileTitle(value) ?? 'a weight file');
      return value;
    }
    const { fitId, seed, limit } = spec;
    const params = fitted(spec.params, depth + 1);
    const name = `${fitId} ${fits.size + 1}`;
    fits.set(value, { name, fit: fitId, params, ...place, side: spec.side, seed, limit });
    return name;
  };
  const distinct = <T>(items: readonly T[]): T[] => [
    ...new Map(items.map((item) => [canonical(item), item])).values(),
  ];
  const attacks = runs
    .flatMap((run) => run.attacks)
    .map(({ spec }) => {
      for (const file of spec.files ?? [])
        if (fileName(file.sha256, 0) === file.sha256) notes.files.set(file.sha256, file.label);
      const { attackId, params, run, seed, limit, defence, traces } = spec;
      return {
        attack: attackId,
        params: fitted(params, 0),
        run,
        side,
        seed,
        limit,
        ...(traces !== undefined && { traces }),
        ...(defence && {
          defence: { defence: defence.id, params: defence.params, adaptive: defence.adaptive },
        }),
      };
    });
  const defences = runs
    .flatMap((run) => run.defended ?? [])
    .flatMap(({ spec }) => {
      if (!spec.defence) return [];
      const { id, params, on } = spec.defence;
      return [{ defence: id, params, on, side, ...(spec.limit != null && { limit: spec.limit }) }];
    });
  const norms = runs.flatMap((run) =>
    run.norms ? [{ params: run.norms.spec.params, side, limit: run.norms.spec.limit }] : [],
  );
  return {
    evaluate: runs.some((run) => run.scores) ? [side] : [],
    fits: [...fits.values()],
    defences: distinct(defences),
    attacks: distinct(attacks),
    norms: distinct(norms),
  };
}

/** Which pair of the experiment, from 1, and which of its runs a fit was made on; null where on none of them. */
function placeOf(
  { runId }: FitSpec,
  pairs: readonly (readonly number[])[],
): { pair: number; twin: 'baseline' | 'nt' } | null {
  const at = pairs.findIndex((runIds) => runIds.includes(runId));
  if (at < 0) return null;
  return { pair: at + 1, twin: pairs[at]?.indexOf(runId) === 1 ? 'nt' : 'baseline' };
}
