import type { EChartsOption } from 'echarts';
import type { StepMetric } from '../domain/run';
import type { FigureOptions, Study, StudyRun } from '../domain/study';
import { mean } from '../stats/quantiles';
import { measuredText } from '../study/format';
import { missingInPair, needSteps } from '../study/missing';
import { provenanceNotes } from '../study/notes';
import { chosenPair, runLabel, regimeText } from '../study/select';
import type { ChartTheme } from '../theme';
import { largest, logTicks, niceTicks, xAxis, yAxis, type Ticks } from './lib/axes';
import { originColumns, originOf } from './lib/csv';
import type { FigureDef } from './lib/figure';
import { stackedFrames } from './lib/frame';
import { runLegend } from './lib/legend';
import { base, line, notes, regimeColour } from './lib/marks';
import { perRun, sentences } from './lib/sentences';

/** The two terms and their sum each get a panel, so that a small term is never hidden by a large one. */
const terms = [
  { id: 'qualityLoss', title: 'Quality loss' },
  { id: 'normTerm', title: 'Norm term' },
  { id: 'total', title: 'Total loss' },
] as const;
type Term = (typeof terms)[number]['id'];

/** Steps of one term; a run without NT has no norm term, and its stored zeros are not a curve. */
function valuesOf(run: StudyRun, term: Term): { step: number; value: number }[] {
  if (term === 'normTerm' && run.run.spec.nt === null) return [];
  return run.steps.map((metric: StepMetric) => ({ step: metric.step, value: metric[term] }));
}

function ticksOf(runs: readonly StudyRun[], term: Term, log: boolean): Ticks {
  const values = runs.flatMap((run) => valuesOf(run, term).map(({ value }) => value));
  const lowest = values.reduce((low, value) => Math.min(low, value), 0);
  return (log ? logTicks(values) : null) ?? niceTicks(lowest, largest(values), 4);
}

function toOption(study: Study, options: FigureOptions, theme: ChartTheme): EChartsOption {
  const pair = chosenPair(study, options);
  if (!pair) return base(theme);
  const { runs } = pair;
  const log = options.logY === true;
  const y = terms.map(({ id }) => ticksOf(runs, id, log));
  const lastStep = Math.max(1, ...runs.map((run) => run.steps.at(-1)?.step ?? 0));
  const x = niceTicks(0, lastStep, 5);
  const key = runLegend(theme, runs, y, 'line');
  const frames = stackedFrames(theme, y, key.height);
  return {
    ...base(theme),
    grid: frames.grids,
    legend: key.legend,
    xAxis: terms.map((_, panel) =>
      xAxis(theme, {
        ticks: x,
        gridIndex: panel,
        ...(panel === terms.length - 1 ? { title: 'Optimiser step' } : { labels: false }),
      }),
    ),
    yAxis: terms.map(({ title }, panel) =>
      yAxis(theme, {
        title,
        ticks: y[panel] ?? niceTicks(0, 1),
        inLine: y,
        gridIndex: panel,
        room: frames.height,
      }),
    ),
    series: [
      ...terms.flatMap(({ id }, panel) =>
        runs.map((run) =>
          line(theme, {
            name: runLabel(run),
            data: valuesOf(run, id).map(
              ({ step, value }) => [step, y[panel]?.log && !(value > 0) ? null : value] as const,
            ),
            colour: regimeColour(run, theme),
            panel,
            weight: 0.75,
          }),
        ),
      ),
      ...(runs.every((run) => run.run.spec.nt === null)
        ? [
            notes(
              theme,
              [
                {
                  text: 'no norm term without NT',
                  x: x.max / 2,
                  y: ((y[1]?.min ?? 0) + (y[1]?.max ?? 1)) / 2,
                  colour: theme.inkMuted,
                  position: 'inside',
                },
              ],
              1,
            ),
          ]
        : []),
    ],
  };
}

/** Mean of a term over the last recorded epoch. */
function lastEpoch(run: StudyRun, term: Term): string {
  const epoch = run.steps.at(-1)?.epoch;
  const values = run.steps.filter((step) => step.epoch === epoch).map((step) => step[term]);
  return measuredText(mean(values), 3);
}

/** States when fewer steps are drawn than were made. */
function thinning(run: StudyRun): string | null {
  const made = run.steps.at(-1)?.step ?? 0;
  const drawn = run.steps.length;
  return drawn > 0 && drawn < made
    ? `${runLabel(run)}: ${drawn} of ${made} steps drawn, evenly thinned.`
    : null;
}

const figure: FigureDef = {
  id: 'loss-curves',
  title: 'Training loss, term by term',
  paper: null,
  size: { widthIn: 3.25, heightIn: 3.6 },
  choices: ['pairId', 'logY'],
  needs: (study, options) => missingInPair(study, options, needSteps),
  toOption,
  toCsv(study, options) {
    const pair = chosenPair(study, options);
    return {
      columns: [
        'run',
        'regime',
        'step',
        'epoch',
        'quality_loss',
        'norm_term',
        'total',
        'norm_estimate_points_per_unit_pixel',
        'learning_rate',
        ...originColumns,
      ],
      rows: (pair?.runs ?? []).flatMap((run) =>
        run.steps.map((step) => [
          run.run.name,
          regimeText(run),
          step.step,
          step.epoch,
          step.qualityLoss,
          step.normTerm,
          step.total,
          step.normEstimate,
          step.learningRate,
          ...originOf(run),
        ]),
      ),
    };
  },
  caption(study, options) {
    const pair = chosenPair(study, options);
    if (!pair) return '';
    const twins = pair.runs.filter((run) => run.run.spec.nt !== null);
    const normTerms = twins.map((run) => `${runLabel(run)} ${lastEpoch(run, 'normTerm')}`);
    return sentences([
      `Mean quality loss over the last epoch: ${perRun(
        pair,
        pair.runs.map((run) => lastEpoch(run, 'qualityLoss')),
      )}.`,
      normTerms.length > 0
        ? `Norm term (\u03bb times the squared gradient-norm estimate): ${normTerms.join(', ')}.`
        : null,
      'Every recorded optimiser step, not smoothed;',
      `losses are on the lab scale${options.logY === true ? ', logarithmic axes' : ''}.`,
      ...pair.runs.map(thinning),
      ...provenanceNotes(study, pair.runs),
    ]);
  },
  summary(study, options) {
    const pair = chosenPair(study, options);
    if (!pair) return 'No run is chosen.';
    const values = pair.runs.map((run) => {
      const first = run.steps[0];
      const last = run.steps.at(-1);
      if (!first || !last) return 'no steps yet';
      const change = `${first.qualityLoss.toFixed(2)} to ${last.qualityLoss.toFixed(2)}`;
      return `quality loss from ${change} over ${last.step} steps`;
    });
    return `Loss curves in three panels. ${perRun(pair, values)}.`;
  },
};

export default figure;
