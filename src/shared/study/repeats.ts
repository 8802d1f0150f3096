import type { FigureOptions, Study, StudyRun } from '../domain/study';
import type { Measured } from '../stats/measured';
import { attackMeasures, cleanMeasures, normMeasures, type Agreement } from './measures';
import { attackLabels, attackOf } from './select';
import type { StudySeries } from './series';

/** One measure of every repeat, baselines and twins in the same order; null where it was not measured or is undefined. */
export interface Repeated {
  /** "clean", "FGSM, eps 0.005: MOS & after", "gradient". */
  readonly block: string;
  readonly name: string;
  readonly better: 'lower' | 'higher';
  readonly digits: number;
  readonly base: readonly (number | null)[];
  readonly twin: readonly (number | null)[];
}

interface Measure extends Pick<Repeated, 'block' | 'name' | 'better' | 'digits'> {
  readonly of: (run: StudyRun) => Measured | null;
}

const agreements: readonly {
  readonly id: Exclude<keyof Agreement, 'n'>;
  readonly name: string;
  readonly better: Measure['better'];
}[] = [
  { id: 'rmse', name: 'RMSE', better: 'lower' },
  { id: 'srocc', name: 'SROCC', better: 'higher' },
  { id: 'plcc', name: 'PLCC', better: 'higher' },
  { id: 'krocc', name: 'KROCC', better: 'higher' },
];

/** Every clean, robustness and gradient measure of a series; the same list, in the same order, for all series of a study. */
export function repeatedMeasures(
  study: Study,
  { pairs }: StudySeries,
  options: FigureOptions,
): Repeated[] {
  const side = (measure: Measure, regime: 'baseline' | 'nt'): (number | null)[] =>
    pairs.map(({ runs }) => {
      const run = runs.find((each) => each.run.regime === regime);
      return run ? (measure.of(run)?.value ?? null) : null;
    });
  return measuresOf(study, options).map(({ of, ...measure }) => ({
    ...measure,
    base: side({ ...measure, of }, 'baseline'),
    twin: side({ ...measure, of }, 'nt'),
  }));
}

function measuresOf(study: Study, options: FigureOptions): Measure[] {
  const labels = options.attack === undefined ? attackLabels(study.runs) : [options.attack];
  const measures: Measure[] = agreements.map(({ id, name, better }) => ({
    block: 'clean',
    name,
    better,
    digits: 3,
    of: (run) => (run.scores ? cleanMeasures(run)[id] : null),
  }));
  for (const label of labels) measures.push(...attackedMeasures(label, options));
  if (study.runs.some((run) => run.norms)) {
    measures.push({
      block: 'gradient',
      name: 'mean \u2113\u2081 norm',
      better: 'lower',
      digits: 1,
      of: (run) => (run.norms ? normMeasures(run).mean : null),
    });
  }
  return measures;
}

function attackedMeasures(label: string, { scored }: FigureOptions): Measure[] {
  const measured = (run: StudyRun) => {
    const attack = attackOf(run, label);
    return attack ? attackMeasures(run, attack, scored) : null;
  };
  const blocks = [
    { which: 'mosAfter', title: 'MOS & after' },
    { which: 'beforeAfter', title: 'before & after' },
  ] as const;
  const both = blocks.flatMap(({ which, title }) =>
    agreements.map(({ id, name, better }): Measure => ({
      block: `${label}: ${title}`,
      name,
      better,
      digits: 3,
      of: (run) => measured(run)?.[which][id] ?? null,
    })),
  );
  const r: Measure = {
    block: `${label}: before & after`,
    name: 'R',
    better: 'higher',
    digits: 3,
    of: (run) => measured(run)?.r.r ?? null,
  };
  return [...both, r];
}
