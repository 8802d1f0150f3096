import type { EChartsOption } from 'echarts';
import type { FigureOptions, Study, StudyRun } from '../domain/study';
import type { Measured } from '../stats/measured';
import { srocc } from '../stats/srocc';
import { fixed, measuredText } from '../study/format';
import { attackMeasures, normMeasures } from '../study/measures';
import { missingInStudy, needAttack, needNorms } from '../study/missing';
import { coverageNotes, provenanceNotes, scoredNote } from '../study/notes';
import {
  attackOf,
  chosenAttack,
  pairsOf,
  runLabelIn,
  twinNames,
  regimeText,
} from '../study/select';
import type { ChartTheme } from '../theme';
import { correlationTicks, looseTicks, niceTicks, xAxis, yAxis } from './lib/axes';
import { originColumns, originOf } from './lib/csv';
import type { DataTable, FigureDef } from './lib/figure';
import { keyLegend, modelKeys, regimeKeys, regimeMark } from './lib/keys';
import { base, line, markerShape, marks } from './lib/marks';
import { panelFrames } from './lib/panels';
import { sentences } from './lib/sentences';

/** One run: its gradient norm and what the attack did to it. */
interface Point {
  readonly run: StudyRun;
  /** Base-10 logarithm of the mean l1 norm over images, points per unit pixel. */
  readonly logNorm: number;
  /** Null where it is undefined. */
  readonly rmse: number | null;
  readonly srocc: number | null;
}

const panels = [
  { id: 'rmse', title: ['RMSE, before and after (points)', 'RMSE (points)'], name: 'RMSE' },
  { id: 'srocc', title: ['SROCC, before and after', 'SROCC'], name: 'SROCC' },
] as const;
type Metric = (typeof panels)[number]['id'];

function drawn(study: Study, options: FigureOptions): { attack: string; points: Point[] } {
  const attack = chosenAttack(study.runs, options);
  const points = study.runs.flatMap((run): Point[] => {
    const norm = normMeasures(run).mean.value;
    const batch = attackOf(run, attack);
    if (norm === null || norm <= 0 || !batch) return [];
    const { beforeAfter } = attackMeasures(run, batch, options.scored);
    const values = { rmse: beforeAfter.rmse.value, srocc: beforeAfter.srocc.value };
    return [{ run, logNorm: Math.log10(norm), ...values }];
  });
  return { attack: attack ?? 'the attack', points };
}

function placed(points: readonly Point[], id: Metric): (Point & { y: number })[] {
  return points.flatMap((point) => {
    const y = point[id];
    return y === null ? [] : [{ ...point, y }];
  });
}

function toOption(study: Study, options: FigureOptions, theme: ChartTheme): EChartsOption {
  const { points } = drawn(study, options);
  if (points.length === 0) return base(theme);
  const runs = points.map(({ run }) => run);
  const x = looseTicks(
    points.map(({ logNorm }) => logNorm),
    4,
  );
  const y = panels.map(({ id }) => {
    const values = placed(points, id).map((point) => point.y);
    return id === 'srocc' ? correlationTicks(values) : niceTicks(0, Math.max(0, ...values), 5);
  });
  const keys = [...regimeKeys(theme, runs, 'mark'), ...modelKeys(theme, runs, false)];
  const key = keyLegend(theme, keys, 0.5 * theme.fontSize);
  const frames = panelFrames(theme, {
    columns: 2,
    y,
    yLabels: 'all',
    xLabels: 'bottom',
    named: false,
    head: key.height,
  });
  const n = `n = ${points.length}`;
  return {
    ...base(theme),
    grid: [...frames.grids],
    legend: key.legend,
    xAxis: panels.map((_, panel) =>
      xAxis(theme, {
        ticks: x,
        gridIndex: panel,
        room: frames.width,
        title: [
          `log\u2081\u2080 of the mean \u2113\u2081 gradient norm, ${n} runs`,
          `log\u2081\u2080 mean \u2113\u2081 norm, ${n}`,
          'log\u2081\u2080 mean norm',
        ],
      }),
    ),
    yAxis: panels.map(({ title }, panel) =>
      yAxis(theme, { ticks: y[panel] ?? x, gridIndex: panel, room: frames.height, title }),
    ),
    series: [
      ...key.series,
      ...panels.flatMap(({ id }, panel) => {
        const own = placed(points, id);
        return [
          // From a baseline to each of its twins.
          ...study.pairs.flatMap((pair) => {
            const ends = [pair.baselineRunId, pair.ntRunId].map((runId) =>
              own.find(({ run }) => run.run.id === runId),
            );
            const [from, to] = ends;
            if (!from || !to) return [];
            const data = [from, to].map((end) => [end.logNorm, end.y] as const);
            return [
              line(theme, { data, colour: theme.inkMuted, panel, dash: 'dotted', weight: 0.4 }),
            ];
          }),
          ...own.map(({ run, logNorm, y: value }) =>
            marks(theme, {
              data: [[logNorm, value]],
              symbol: markerShape(run.slot),
              style: regimeMark(run, theme),
              panel,
              scale: 1.2,
            }),
          ),
        ];
      }),
    ],
  };
}

function toCsv(study: Study, options: FigureOptions): DataTable {
  const { attack, points } = drawn(study, options);
  return {
    columns: [
      'model',
      'run',
      'regime',
      'log10_mean_gradient_l1_norm',
      'rmse_before_after_points',
      'srocc_before_after',
      'attack',
      'scored',
      ...originColumns,
    ],
    rows: points.map(({ run, logNorm, ...point }) => [
      run.modelTitle,
      run.run.name,
      regimeText(run),
      logNorm,
      point.rmse,
      point.srocc,
      attack,
      options.scored,
      ...originOf(run),
    ]),
  };
}

/** Rank correlation over runs between the norm and a measure. */
function link(points: readonly Point[], id: Metric): Measured {
  const own = placed(points, id);
  return srocc(
    own.map(({ logNorm }) => logNorm),
    own.map(({ y }) => y),
  );
}

function links(points: readonly Point[]): string {
  return panels
    .map(({ id, name }) => `${measuredText(link(points, id), 2)} with ${name}`)
    .join(', ');
}

const figure: FigureDef = {
  id: 'norm-robustness',
  title: 'Gradient norm against robustness',
  paper: 'Fig. 5',
  size: { widthIn: 6.875, heightIn: 2.6 },
  choices: ['attack', 'scored'],
  needs: (study, options) => [
    ...missingInStudy(study, needNorms),
    // Without a run the first list has said so.
    ...study.runs.flatMap((run) => needAttack(study.runs, options)(run, study) ?? []),
  ],
  toOption,
  toCsv,
  caption(study, options) {
    const { attack, points } = drawn(study, options);
    if (points.length === 0) return '';
    const runs = points.map(({ run }) => run);
    return sentences([
      `Rank correlation (SROCC over the ${points.length} runs) of the mean gradient norm: ${links(points)}.`,
      `RMSE and SROCC between scores before and after ${attack} against the base-10 logarithm of the`,
      'mean \u2113\u2081 gradient norm over images (points per unit pixel), one mark per run',
      `(shape: model; hollow: baseline, filled: ${twinNames(runs)}; dotted lines join twins).`,
      scoredNote(options.scored),
      ...coverageNotes(runs.map((run) => ({ run, batch: run.norms }))),
      ...coverageNotes(runs.map((run) => ({ run, batch: attackOf(run, attack) }))),
      ...provenanceNotes(study, runs),
    ]);
  },
  summary(study, options) {
    const { attack, points } = drawn(study, options);
    const pairs = pairsOf(study);
    const each = points.map(
      ({ run, logNorm, rmse }) =>
        `${runLabelIn(pairs, run)} ${fixed(logNorm, 2)} and ${rmse === null ? 'undefined' : fixed(rmse, 2)}`,
    );
    if (points.length === 0) return 'No run has both gradient norms and this attack.';
    return `Scatter of RMSE and SROCC under ${attack} against the logarithm of the mean gradient norm. Logarithm and RMSE: ${each.join(', ')}.`;
  },
};

export default figure;
