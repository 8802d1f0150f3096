import type { EChartsOption } from 'echarts';
import type { FigureOptions, Study } from '../domain/study';
import { countText, measuredText } from '../study/format';
import { normMeasures } from '../study/measures';
import { missingInPair, needNorms } from '../study/missing';
import { coverageNotes, provenanceNotes } from '../study/notes';
import { normPoints, type NormPoint } from '../study/points';
import { chosenPair, type StudyPair, regimeText } from '../study/select';
import type { ChartTheme } from '../theme';
import {
  besideDiagonal,
  largest,
  niceTicks,
  powerOfTen,
  powerText,
  xAxis,
  yAxis,
} from './lib/axes';
import { originColumns, originOf } from './lib/csv';
import type { DataTable, FigureDef } from './lib/figure';
import { singleFrame } from './lib/frame';
import { runLegend } from './lib/legend';
import { base, line, notes, pointDataset, pointRows, scatter } from './lib/marks';
import { markerKey, perRun, sentences } from './lib/sentences';

interface Drawn {
  readonly pair: StudyPair;
  readonly points: readonly NormPoint[][];
  readonly power: number;
}

function drawn(study: Study, options: FigureOptions): Drawn | null {
  const pair = chosenPair(study, options);
  if (!pair) return null;
  const points = pair.runs.map(normPoints);
  const power = powerOfTen(points.flat().flatMap((point) => [point.exact, point.estimate]));
  return { pair, points, power };
}

function toOption(study: Study, options: FigureOptions, theme: ChartTheme): EChartsOption {
  const found = drawn(study, options);
  if (!found) return base(theme);
  const { pair, points, power } = found;
  const unit = 10 ** power;
  const unitText = `${powerText(power)}points per unit pixel`;
  const n = countText(points.map((own) => own.length));
  const all = points.flat().flatMap((point) => [point.exact / unit, point.estimate / unit]);
  const ticks = niceTicks(0, largest(all), 5);
  const key = runLegend(theme, pair.runs, [ticks]);
  const grid = singleFrame(theme, ticks, key.height);
  const count = Math.max(...points.map((own) => own.length));
  return {
    ...base(theme),
    grid,
    legend: key.legend,
    xAxis: xAxis(theme, {
      title: [
        `Exact \u2113\u2081 norm (${unitText}), ${n}`,
        `Exact norm (${unitText}), ${n}`,
        `Exact norm, ${n}`,
      ],
      ticks,
    }),
    yAxis: yAxis(theme, {
      title: [`Finite difference (${unitText})`, 'Finite difference'],
      ticks,
    }),
    dataset: points.map((own, i) =>
      pointDataset(
        `points-${i}`,
        pointRows(own, (point) => [point.exact / unit, point.estimate / unit]),
      ),
    ),
    series: [
      line(theme, {
        data: [
          [0, 0],
          [ticks.max, ticks.max],
        ],
        colour: theme.inkMuted,
        dash: 'dashed',
        weight: 0.6,
      }),
      ...pair.runs.map((run, i) => scatter(run, theme, `points-${i}`, count)),
      notes(theme, [
        {
          text: 'exact',
          ...besideDiagonal(0, ticks.max),
          colour: theme.inkMuted,
          position: 'left',
        },
      ]),
    ],
  };
}

function toCsv(study: Study, options: FigureOptions): DataTable {
  const found = drawn(study, options);
  return {
    columns: [
      'run',
      'regime',
      'image',
      'exact_l1_norm_points_per_unit_pixel',
      'finite_difference_points_per_unit_pixel',
      ...originColumns,
    ],
    rows: (found?.pair.runs ?? []).flatMap((run, i) =>
      (found?.points[i] ?? []).map((point) => [
        run.run.name,
        regimeText(run),
        point.name,
        point.exact,
        point.estimate,
        ...originOf(run),
      ]),
    ),
  };
}

const figure: FigureDef = {
  id: 'norm-estimate',
  title: 'Finite difference against exact gradient norm',
  paper: null,
  size: { widthIn: 3.25, heightIn: 2.9 },
  choices: ['pairId'],
  needs: (study, options) => missingInPair(study, options, needNorms),
  toOption,
  toCsv,
  caption(study, options) {
    const found = drawn(study, options);
    if (!found) return '';
    const { pair, points } = found;
    const errors = pair.runs.map(
      (run) => `${percent(normMeasures(run).medianRelativeError)} (median)`,
    );
    return sentences([
      `Relative error of the finite difference: ${perRun(pair, errors)}.`,
      'Estimate |f(x + h d) \u2212 f(x)| / h with d the sign of the gradient, against the exact',
      `\u2113\u2081 norm of the gradient, one mark per image (${markerKey(pair)};`,
      `${countText(points.map((own) => own.length))}); ${stepSizes(pair)}.`,
      ...coverageNotes(pair.runs.map((run) => ({ run, batch: run.norms }))),
      ...provenanceNotes(study, pair.runs),
    ]);
  },
  summary(study, options) {
    const found = drawn(study, options);
    if (!found) return 'No run is chosen.';
    const values = found.pair.runs.map((run) => {
      const own = normMeasures(run);
      return `median relative error ${percent(own.medianRelativeError)} over ${own.n} images`;
    });
    return `Scatter of the finite-difference estimate against the exact l1 gradient norm. ${perRun(found.pair, values)}.`;
  },
  points: (study, options) => {
    const found = drawn(study, options);
    const unit = 10 ** (found?.power ?? 0);
    return (found?.points ?? []).flat().map(({ imageId, runId, name, exact, estimate }) => ({
      imageId,
      runId,
      label: name,
      x: exact / unit,
      y: estimate / unit,
    }));
  },
};

function percent(share: ReturnType<typeof normMeasures>['medianRelativeError']): string {
  return share.value === null
    ? `undefined: ${share.reason}`
    : `${measuredText({ value: 100 * share.value }, 1)} %`;
}

/** "h = 0.01" from the stored settings; the twins normally share it. */
function stepSizes(pair: StudyPair): string {
  const sizes = pair.runs.flatMap((run) => {
    const h = run.norms?.spec.params['h'];
    return typeof h === 'number' ? [String(h)] : [];
  });
  const distinct = [...new Set(sizes)];
  return distinct.length === 0 ? 'step h as stored' : `h = ${distinct.join(' and ')}`;
}

export default figure;
