import type { EChartsOption } from 'echarts';
import type { FigureOptions, Study, StudyRun } from '../domain/study';
import { fixed, listed } from '../study/format';
import { attackMeasures } from '../study/measures';
import { missingInPair, type Missing } from '../study/missing';
import { coverageNotes, provenanceNotes, scoredNote } from '../study/notes';
import { attackOf, chosenPair, runLabel, type StudyPair, regimeText } from '../study/select';
import { intensities, meanSsim, type Intensity } from '../study/sweeps';
import type { ChartTheme } from '../theme';
import { correlationTicks, looseTicks, niceTicks, xAxis, yAxis } from './lib/axes';
import { originColumns, originOf } from './lib/csv';
import type { DataTable, FigureDef } from './lib/figure';
import { keyLegend, regimeMark } from './lib/keys';
import type { Key } from './lib/legend';
import { base, line, markerShape, marks, regimeColour } from './lib/marks';
import { panelFrames } from './lib/panels';
import { sentences } from './lib/sentences';

/** One strength of the attack on one run. */
interface Point extends Intensity {
  readonly run: StudyRun;
  readonly variant: string;
  readonly ssim: number;
  readonly rmse: number | null;
  readonly srocc: number | null;
}

interface Drawn {
  readonly pair: StudyPair;
  readonly settings: readonly Intensity[];
  /** Per run of the pair, weakest first: falling SSIM. */
  readonly points: readonly Point[][];
}

const panels = [
  { id: 'rmse', title: ['RMSE, before and after (points)', 'RMSE (points)'] },
  { id: 'srocc', title: ['SROCC, before and after', 'SROCC'] },
] as const;
/** With fewer strengths there is no curve. */
const enough = 3;

function drawn(study: Study, options: FigureOptions): Drawn | null {
  const pair = chosenPair(study, options);
  if (!pair) return null;
  const settings = intensities(pair.runs, options);
  const points = pair.runs.map((run) =>
    settings
      .flatMap((setting): Point[] => {
        const batch = attackOf(run, setting.label);
        const similarity = batch && meanSsim(batch);
        if (!batch || !similarity) return [];
        const { beforeAfter } = attackMeasures(run, batch, options.scored);
        const { variant, value: ssim } = similarity;
        const values = { rmse: beforeAfter.rmse.value, srocc: beforeAfter.srocc.value };
        return [{ ...setting, run, variant, ssim, ...values }];
      })
      .sort((a, b) => b.ssim - a.ssim),
  );
  return { pair, settings, points };
}

function toOption(study: Study, options: FigureOptions, theme: ChartTheme): EChartsOption {
  const found = drawn(study, options);
  const all = found?.points.flat() ?? [];
  if (!found || all.length === 0) return base(theme);
  const { pair, points } = found;
  const x = looseTicks(
    all.map(({ ssim }) => ssim),
    4,
  );
  const y = panels.map(({ id }) => {
    const values = all.flatMap((point) => point[id] ?? []);
    // RMSE starts at 0, where nothing moved.
    return id === 'rmse' ? niceTicks(0, Math.max(0, ...values), 4) : correlationTicks(values);
  });
  const keys = pair.runs.map((run): Key => ({
    name: runLabel(run),
    icon: markerShape(run.slot),
    style: regimeMark(run, theme),
  }));
  const key = keyLegend(theme, keys, 0.5 * theme.fontSize);
  const frames = panelFrames(theme, {
    columns: 2,
    y,
    yLabels: 'all',
    xLabels: 'bottom',
    named: false,
    head: key.height,
  });
  return {
    ...base(theme),
    grid: [...frames.grids],
    legend: key.legend,
    xAxis: panels.map((_, panel) =>
      xAxis(theme, {
        ticks: { ...x, max: Math.min(1, x.max) },
        gridIndex: panel,
        room: frames.width,
        title: ['Mean SSIM (left: stronger attack)', 'Mean SSIM'],
      }),
    ),
    yAxis: panels.map(({ title }, panel) =>
      yAxis(theme, {
        ticks: y[panel] ?? x,
        gridIndex: panel,
        room: frames.height,
        title,
      }),
    ),
    series: [
      ...key.series,
      ...panels.flatMap(({ id }, panel) =>
        pair.runs.flatMap((run, i) => {
          const own = points[i] ?? [];
          const name = runLabel(run);
          const colour = regimeColour(run, theme);
          return [
            ...curves(own).map((some) => {
              const data = some.map((point) => [point.ssim, point[id]] as const);
              return line(theme, { name, data, colour, panel, weight: 0.6 });
            }),
            marks(theme, {
              name,
              data: own.flatMap((point) => {
                const value = point[id];
                return value === null ? [] : [[point.ssim, value] as const];
              }),
              symbol: markerShape(run.slot),
              style: regimeMark(run, theme),
              panel,
            }),
          ];
        }),
      ),
    ],
  };
}

/**
 * Strengths that are joined: those with equal numbers of steps, over epsilon. Where epsilon does not
 * vary, all of them.
 */
function curves(points: readonly Point[]): Point[][] {
  if (new Set(points.map(({ epsilon }) => epsilon)).size < 2) return [[...points]];
  const bySteps = new Map<number, Point[]>();
  for (const point of points) {
    bySteps.set(point.steps, [...(bySteps.get(point.steps) ?? []), point]);
  }
  return [...bySteps.values()].filter((own) => own.length > 1);
}

function toCsv(study: Study, options: FigureOptions): DataTable {
  const found = drawn(study, options);
  return {
    columns: [
      'run',
      'regime',
      'attack',
      'epsilon',
      'steps',
      'mean_ssim',
      'ssim_variant',
      'rmse_before_after_points',
      'srocc_before_after',
      'scored',
      ...originColumns,
    ],
    rows: (found?.points ?? [])
      .flat()
      .map(({ run, ...point }) => [
        run.run.name,
        regimeText(run),
        point.label,
        point.epsilon,
        point.steps,
        point.ssim,
        point.variant,
        point.rmse,
        point.srocc,
        options.scored,
        ...originOf(run),
      ]),
  };
}

/** Strengths to run where there is no family of them yet: those of Fig. S13 and between. */
const suggested = [0.005, 0.01, 0.03].flatMap((epsilon) =>
  [1, 5, 10].map((steps) => ({ attackId: 'i-fgsm', params: { epsilon, steps } })),
);

function needs(study: Study, options: FigureOptions): Missing[] {
  const pair = chosenPair(study, options);
  const settings = pair ? intensities(pair.runs, options) : [];
  return missingInPair(study, options, (run) => {
    if (settings.length < enough) {
      const count = settings.length === 1 ? 'one strength' : `${settings.length} strengths`;
      const reason =
        `${runLabel(run)} has been attacked in ${count}: a curve needs ${enough} or more of one` +
        ' attack, which differ in epsilon or the number of steps.';
      return { action: 'attack', runId: run.run.id, reason, attacks: suggested };
    }
    const lacking = settings.filter(({ label }) => (attackOf(run, label)?.rows.length ?? 0) === 0);
    if (lacking.length === 0) return null;
    const labels = lacking.map(({ label }) => label);
    return {
      action: 'attack',
      runId: run.run.id,
      reason: `${runLabel(run)} has not been attacked with ${listed(labels)}.`,
      attacks: lacking.flatMap(({ label }) => {
        const batch = pair?.runs.map((other) => attackOf(other, label)).find((each) => each);
        return batch ? [{ attackId: batch.spec.attackId, params: batch.spec.params }] : [];
      }),
    };
  });
}

/** "RMSE 3.1 to 20.4": from the weakest to the strongest strength. */
function ends(points: readonly Point[]): string {
  const [first, last] = [points[0], points.at(-1)];
  if (!first || !last || first.rmse === null || last.rmse === null) return 'not measured';
  return `RMSE ${fixed(first.rmse, 2)} to ${fixed(last.rmse, 2)}`;
}

const figure: FigureDef = {
  id: 'intensity',
  title: 'Robustness over attack intensity',
  paper: 'Fig. 6',
  size: { widthIn: 6.875, heightIn: 2.6 },
  choices: ['pairId', 'attack', 'scored'],
  needs,
  toOption,
  toCsv,
  caption(study, options) {
    const found = drawn(study, options);
    if (!found || found.points.flat().length === 0) return '';
    const { pair, settings, points } = found;
    const all = points.flat();
    const variants = [...new Set(all.map(({ variant }) => variant))];
    const epsilons = [...new Set(settings.map(({ epsilon }) => String(epsilon)))];
    const steps = [...new Set(settings.map((setting) => setting.steps))].sort((a, b) => a - b);
    const title =
      attackOf(pair.runs[0] as StudyRun, settings[0]?.label ?? '')?.title ?? 'the attack';
    return sentences([
      `From the weakest to the strongest attack: ${pair.runs.map((run, i) => `${runLabel(run)} ${ends(points[i] ?? [])}`).join(', ')}.`,
      `RMSE and SROCC between scores before and after ${title} against the mean SSIM of the attacked`,
      `pictures (${listed(variants)}), one mark per strength, equal numbers of steps joined: epsilon ${listed(epsilons)},`,
      `${listed(steps.map(String))} ${steps.length === 1 && steps[0] === 1 ? 'step' : 'steps'}.`,
      scoredNote(options.scored),
      ...coverageNotes(
        pair.runs.flatMap((run) =>
          settings.map(({ label }) => ({ run, batch: attackOf(run, label) })),
        ),
      ),
      ...provenanceNotes(study, pair.runs),
    ]);
  },
  summary(study, options) {
    const found = drawn(study, options);
    if (!found) return 'No run is chosen.';
    const each = found.pair.runs.map((run, i) => `${runLabel(run)} ${ends(found.points[i] ?? [])}`);
    return `Curves of RMSE and SROCC over the mean SSIM of attacked pictures in ${found.settings.length} strengths. ${each.join(', ')}.`;
  },
};

export default figure;
