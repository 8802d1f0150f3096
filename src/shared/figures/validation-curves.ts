import type { EChartsOption } from 'echarts';
import type { EpochMetric } from '../domain/run';
import type { FigureOptions, Study, StudyRun } from '../domain/study';
import { fixed } from '../study/format';
import { missingInPair, needEpochs } from '../study/missing';
import { provenanceNotes } from '../study/notes';
import { chosenPair, runLabel, regimeText } from '../study/select';
import type { ChartTheme } from '../theme';
import { niceTicks, xAxis, yAxis } from './lib/axes';
import { originColumns, originOf } from './lib/csv';
import type { FigureDef } from './lib/figure';
import { stackedFrames } from './lib/frame';
import { runLegend } from './lib/legend';
import { base, line, markerSize, markerStyle, regimeColour } from './lib/marks';
import { perRun, sentences } from './lib/sentences';

const measures = [
  { id: 'validationSrocc', title: ['Validation SROCC', 'SROCC'] },
  { id: 'validationRmse', title: ['Validation RMSE (points)', 'RMSE (points)', 'RMSE'] },
] as const;
type MeasureId = (typeof measures)[number]['id'];

function finite(runs: readonly StudyRun[], id: MeasureId): number[] {
  return runs.flatMap((run) => run.epochs.flatMap((epoch) => epoch[id] ?? []));
}

function selected(run: StudyRun): EpochMetric | null {
  return run.epochs.find((epoch) => epoch.epoch === run.run.selectedEpoch) ?? null;
}

function toOption(study: Study, options: FigureOptions, theme: ChartTheme): EChartsOption {
  const pair = chosenPair(study, options);
  if (!pair) return base(theme);
  const { runs } = pair;
  const srocc = finite(runs, 'validationSrocc');
  const rmse = finite(runs, 'validationRmse');
  const y = [
    // Both axes keep zero, so that a small difference looks small.
    niceTicks(Math.min(0, ...srocc), 1, 5),
    niceTicks(0, Math.max(1, ...rmse), 5),
  ];
  const lastEpoch = Math.max(1, ...runs.map((run) => run.epochs.at(-1)?.epoch ?? 0));
  const x = niceTicks(0, lastEpoch, Math.min(5, lastEpoch));
  const key = runLegend(theme, runs, y, 'line');
  const frames = stackedFrames(theme, y, key.height);
  return {
    ...base(theme),
    grid: frames.grids,
    legend: key.legend,
    xAxis: measures.map((_, panel) =>
      xAxis(theme, {
        ticks: x,
        gridIndex: panel,
        ...(panel === measures.length - 1 ? { title: 'Epoch' } : { labels: false }),
      }),
    ),
    yAxis: measures.map(({ title }, panel) =>
      yAxis(theme, {
        title,
        ticks: y[panel] ?? niceTicks(0, 1),
        inLine: y,
        gridIndex: panel,
        room: frames.height,
      }),
    ),
    series: measures.flatMap(({ id }, panel) =>
      runs.flatMap((run) => [
        line(theme, {
          name: runLabel(run),
          data: run.epochs.map((epoch) => [epoch.epoch, epoch[id]] as const),
          colour: regimeColour(run, theme),
          panel,
        }),
        {
          type: 'scatter' as const,
          name: runLabel(run),
          data: [selected(run)].flatMap((epoch) =>
            epoch && epoch[id] !== null ? [[epoch.epoch, epoch[id]]] : [],
          ),
          xAxisIndex: panel,
          yAxisIndex: panel,
          symbol: 'circle',
          symbolSize: 1.4 * markerSize(theme, 1),
          // Filled with the page, a hollow mark stays legible on its own line.
          itemStyle: {
            ...markerStyle(run, theme),
            ...(run.run.regime === 'baseline' && { color: theme.background }),
          },
          silent: true,
          emphasis: { disabled: true },
          animation: false,
          z: 3,
        },
      ]),
    ),
  };
}

const figure: FigureDef = {
  id: 'validation-curves',
  title: 'Validation SROCC and RMSE by epoch',
  paper: null,
  size: { widthIn: 3.25, heightIn: 3.2 },
  choices: ['pairId'],
  needs: (study, options) => missingInPair(study, options, needEpochs),
  toOption,
  toCsv(study, options) {
    const pair = chosenPair(study, options);
    return {
      columns: [
        'run',
        'regime',
        'epoch',
        'step',
        'validation_srocc',
        'validation_rmse_points',
        'selected',
        ...originColumns,
      ],
      rows: (pair?.runs ?? []).flatMap((run) =>
        run.epochs.map((epoch) => [
          run.run.name,
          regimeText(run),
          epoch.epoch,
          epoch.step,
          epoch.validationSrocc,
          epoch.validationRmse,
          epoch.epoch === run.run.selectedEpoch ? 'yes' : 'no',
          ...originOf(run),
        ]),
      ),
    };
  },
  caption(study, options) {
    const pair = chosenPair(study, options);
    if (!pair) return '';
    return sentences([
      `At the chosen epoch: ${perRun(pair, pair.runs.map(choice))}.`,
      'SROCC and RMSE on the validation images after each epoch; the mark is the epoch the run',
      `is judged by (${perRun(pair, pair.runs.map(rule))}).`,
      gaps(pair.runs),
      ...provenanceNotes(study, pair.runs),
    ]);
  },
  summary(study, options) {
    const pair = chosenPair(study, options);
    if (!pair) return 'No run is chosen.';
    return `Validation curves by epoch in two panels. At the chosen epoch: ${perRun(pair, pair.runs.map(choice))}.`;
  },
};

function choice(run: StudyRun): string {
  const epoch = selected(run);
  if (!epoch) return 'none chosen yet';
  const text = (value: number | null, digits: number): string =>
    value === null ? 'undefined' : fixed(value, digits);
  return `SROCC ${text(epoch.validationSrocc, 3)} and RMSE ${text(epoch.validationRmse, 2)}`;
}

function rule(run: StudyRun): string {
  switch (run.run.selection) {
    case 'validation':
      return 'best on validation';
    case 'last':
      return 'the last';
    case 'test':
      return 'selected on test';
  }
}

/** A gap in a curve is an epoch whose measure does not exist. */
function gaps(runs: readonly StudyRun[]): string | null {
  const count = runs.flatMap((run) =>
    run.epochs.filter((epoch) => epoch.validationSrocc === null),
  ).length;
  return count === 0
    ? null
    : `SROCC is undefined in ${count} ${count === 1 ? 'epoch' : 'epochs'} (gaps).`;
}

export default figure;
