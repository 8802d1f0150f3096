import type { EChartsOption } from 'echarts';
import type { FigureOptions, Study, StudyRun } from '../domain/study';
import { listed, short } from '../study/format';
import { attackMeasures, cleanMeasures, type Agreement } from '../study/measures';
import { missingInStudy, needAttack, needScores, type Missing } from '../study/missing';
import { coverageNotes, provenanceNotes, scoredNote } from '../study/notes';
import { attackOf, chosenAttack } from '../study/select';
import { twinSweeps, type TwinSweep } from '../study/sweeps';
import type { ChartTheme } from '../theme';
import {
  correlationTicks,
  looseTicks,
  niceTicks,
  placesAxis,
  powerText,
  yAxis,
  type Ticks,
} from './lib/axes';
import { originColumns, originOf } from './lib/csv';
import type { DataTable, FigureDef } from './lib/figure';
import { keyLegend, markStyle, modelColour, onLine } from './lib/keys';
import type { Key } from './lib/legend';
import { base, line, markerShape, marks, notes, placeNames } from './lib/marks';
import { panelFrames } from './lib/panels';
import { sentences } from './lib/sentences';

interface Point {
  readonly run: StudyRun;
  /** 0 for the baseline. */
  readonly lambda: number;
  readonly clean: Agreement | null;
  readonly attacked: Agreement | null;
}

interface Drawn {
  readonly attack: string;
  readonly sweeps: readonly TwinSweep[];
  /** Per sweep, ascending in lambda, the baseline first. */
  readonly points: readonly Point[][];
  /** Every lambda of any sweep, ascending. */
  readonly lambdas: readonly number[];
}

/** Columns: unattacked, attacked. Rows: SROCC, RMSE. */
const panels = [
  { id: 'srocc', on: 'clean', title: ['SROCC, MOS and score', 'SROCC'] },
  { id: 'srocc', on: 'attacked', title: ['SROCC, before and after', 'SROCC'] },
  { id: 'rmse', on: 'clean', title: ['RMSE, MOS and score (points)', 'RMSE (points)', 'RMSE'] },
  {
    id: 'rmse',
    on: 'attacked',
    title: ['RMSE, before and after (points)', 'RMSE (points)', 'RMSE'],
  },
] as const;

function drawn(study: Study, options: FigureOptions): Drawn {
  const sweeps = twinSweeps(study, 'lambda', options.pairId);
  const runs = runsOf(sweeps);
  const attack = chosenAttack(runs, options);
  const points = sweeps.map(({ baseline, twins }) =>
    [{ value: 0, run: baseline }, ...twins].map(({ value, run }): Point => {
      const batch = attackOf(run, attack);
      return {
        run,
        lambda: value,
        clean: run.scores ? cleanMeasures(run) : null,
        attacked: batch && attackMeasures(run, batch, options.scored).beforeAfter,
      };
    }),
  );
  const lambdas = [...new Set(points.flat().map(({ lambda }) => lambda))].sort((a, b) => a - b);
  return { attack: attack ?? 'the attack', sweeps, points, lambdas };
}

function runsOf(sweeps: readonly TwinSweep[]): StudyRun[] {
  return sweeps.flatMap(({ baseline, twins }) => [baseline, ...twins.map(({ run }) => run)]);
}

function valueOf(point: Point, { id, on }: (typeof panels)[number]): number | null {
  return point[on]?.[id].value ?? null;
}

function toOption(study: Study, options: FigureOptions, theme: ChartTheme): EChartsOption {
  const { attack, sweeps, points, lambdas } = drawn(study, options);
  if (sweeps.length === 0) return base(theme);
  const y = panels.map((panel): Ticks => {
    const values = points.flat().flatMap((point) => valueOf(point, panel) ?? []);
    if (panel.id === 'srocc') return correlationTicks(values);
    return panel.on === 'attacked' ? niceTicks(0, Math.max(0, ...values), 4) : looseTicks(values);
  });
  const key = keyLegend(
    theme,
    sweeps.map(({ label, baseline }): Key => ({
      name: label,
      icon: markerShape(baseline.slot),
      style: markStyle(theme, modelColour(baseline, theme), true),
    })),
    0.5 * theme.fontSize,
  );
  const frames = panelFrames(theme, {
    columns: 2,
    y,
    yLabels: 'all',
    xLabels: 'bottom',
    named: true,
    head: key.height,
  });
  const smallest = Math.min(...lambdas.filter((lambda) => lambda > 0));
  const power = Math.floor(Math.log10(smallest) + 1e-9);
  const names = lambdas.map((lambda) => String(Number((lambda / 10 ** power).toPrecision(3))));
  const unit = powerText(power).trim();
  const middle = (lambdas.length - 1) / 2;
  const headings = ['Unattacked pictures', attack.length < 24 ? attack : 'Attacked pictures'];
  return {
    ...base(theme),
    grid: [...frames.grids],
    legend: key.legend,
    xAxis: panels.map((_, panel) =>
      placesAxis(theme, lambdas.length, {
        gridIndex: panel,
        room: frames.width,
        ...(frames.isBottom(panel)
          ? {
              title: [
                `\u03bb in ${unit} (not to scale; 0: baseline)`,
                `\u03bb in ${unit} (not to scale)`,
                `\u03bb (${unit})`,
              ],
            }
          : { labels: false }),
      }),
    ),
    yAxis: panels.map(({ title }, panel) =>
      yAxis(theme, {
        ticks: y[panel] ?? niceTicks(0, 1),
        gridIndex: panel,
        room: frames.height,
        title,
      }),
    ),
    series: [
      ...key.series,
      ...panels.flatMap((own, panel) => [
        ...sweeps.flatMap(({ label, baseline }, i) => {
          const colour = modelColour(baseline, theme);
          const places = (points[i] ?? []).map(
            (point) => [lambdas.indexOf(point.lambda), valueOf(point, own)] as const,
          );
          const [first, ...others] = places;
          const shape = markerShape(baseline.slot);
          const spots = (some: typeof places): (readonly [number, number])[] =>
            some.flatMap(([at, value]) => (value === null ? [] : [[at, value] as const]));
          return [
            line(theme, { name: label, data: places, colour, panel, weight: 0.75 }),
            marks(theme, {
              name: label,
              data: spots(first ? [first] : []),
              symbol: shape,
              style: onLine(theme, colour, false),
              panel,
            }),
            marks(theme, {
              name: label,
              data: spots(others),
              symbol: shape,
              style: markStyle(theme, colour, true),
              panel,
            }),
          ];
        }),
        frames.isBottom(panel)
          ? placeNames(theme, names, y[panel]?.min ?? 0, panel)
          : notes(
              theme,
              [
                {
                  text: headings[panel] ?? '',
                  x: middle,
                  y: y[panel]?.max ?? 1,
                  colour: theme.ink,
                  position: 'top',
                },
              ],
              panel,
            ),
      ]),
    ],
  };
}

function toCsv(study: Study, options: FigureOptions): DataTable {
  const { attack, points } = drawn(study, options);
  return {
    columns: [
      'model',
      'run',
      'lambda',
      'clean_srocc',
      'clean_rmse_points',
      'attacked_srocc_before_after',
      'attacked_rmse_before_after_points',
      'attack',
      'scored',
      ...originColumns,
    ],
    rows: points
      .flat()
      .map(({ run, lambda, clean, attacked }) => [
        run.modelTitle,
        run.run.name,
        lambda,
        clean?.srocc.value ?? null,
        clean?.rmse.value ?? null,
        attacked?.srocc.value ?? null,
        attacked?.rmse.value ?? null,
        attack,
        options.scored,
        ...originOf(run),
      ]),
  };
}

function needs(study: Study, options: FigureOptions): Missing[] {
  const sweeps = twinSweeps(study, 'lambda', options.pairId);
  const runs = runsOf(sweeps);
  const within = { ...study, runs: runs.length > 0 ? runs : study.runs };
  const missing = [
    ...missingInStudy(within, needScores),
    ...within.runs.flatMap((run) => needAttack(within.runs, options)(run, study) ?? []),
  ];
  if (study.runs.length === 0 || sweeps.some(({ twins }) => twins.length > 1)) return missing;
  const reason =
    'A curve over \u03bb needs a baseline with two or more twins: train pairs that differ in \u03bb' +
    ' only, or choose them as well.';
  return [{ action: 'train', runId: null, reason }, ...missing];
}

/** "HyperIQA 18.9 to 7.3 points": from the baseline to the largest lambda. */
function ends({ sweeps, points }: Drawn): string {
  return sweeps
    .map(({ label }, i) => {
      const values = (points[i] ?? []).map(({ attacked }) => attacked?.rmse.value ?? null);
      const [from, to] = [values[0] ?? null, values.at(-1) ?? null];
      return from === null || to === null
        ? `${label} not measured`
        : `${label} ${short(from)} to ${short(to)} points`;
    })
    .join(', ');
}

const figure: FigureDef = {
  id: 'lambda-sweep',
  title: 'Accuracy and robustness over \u03bb',
  paper: 'Figs. 7 and S12',
  size: { widthIn: 6.875, heightIn: 4 },
  choices: ['pairId', 'attack', 'scored'],
  needs,
  toOption,
  toCsv,
  caption(study, options) {
    const found = drawn(study, options);
    const { attack, sweeps, lambdas } = found;
    const runs = runsOf(sweeps);
    if (runs.length === 0) return '';
    const h = [...new Set(runs.flatMap(({ run }) => run.spec.nt?.['h'] ?? []))];
    return sentences([
      `RMSE before and after ${attack}, from the baseline to the largest \u03bb: ${ends(found)}.`,
      `SROCC and RMSE between MOS and the scores of unattacked pictures (left), and between scores`,
      `before and after ${attack} (right), over the weight \u03bb of the norm term`,
      `(${listed(lambdas.map(String))}${h.length > 0 ? `; h = ${listed(h.map(String))}` : ''});`,
      'colour and shape: model; hollow: baseline.',
      scoredNote(options.scored),
      ...coverageNotes(runs.map((run) => ({ run, batch: attackOf(run, attack) }))),
      ...provenanceNotes(study, runs),
    ]);
  },
  summary(study, options) {
    const found = drawn(study, options);
    if (found.sweeps.length === 0) return 'No baseline has a twin with a \u03bb.';
    return `Curves of SROCC and RMSE over lambda, unattacked and under ${found.attack}. RMSE before and after, from the baseline to the largest lambda: ${ends(found)}.`;
  },
};

export default figure;
