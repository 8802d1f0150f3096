import type { EChartsOption } from 'echarts';
import type { TraceRow } from '../domain/results';
import type { FigureOptions, Study, StudyRun } from '../domain/study';
import { mean } from '../stats/quantiles';
import { measuredText } from '../study/format';
import { missingInPair, type Need } from '../study/missing';
import { provenanceNotes } from '../study/notes';
import {
  attackLabels,
  attackOf,
  chosenPair,
  runLabel,
  type StudyPair,
  regimeText,
} from '../study/select';
import type { ChartTheme } from '../theme';
import { largest, niceTicks, xAxis, yAxis, type Ticks } from './lib/axes';
import { originColumns, originOf } from './lib/csv';
import type { FigureDef } from './lib/figure';
import { stackedFrames } from './lib/frame';
import { runLegend } from './lib/legend';
import { base, line, regimeColour } from './lib/marks';
import { perRun, sentences } from './lib/sentences';

/** One panel each: what the attack is after, what it does to the score, and what it costs. */
const panels = [
  { id: 'loss', title: 'Loss' },
  { id: 'score', title: 'Score' },
  { id: 'linf', title: ['L\u221e, grey levels', 'L\u221e'] },
  { id: 'ssim', title: 'SSIM' },
] as const;
type Panel = (typeof panels)[number]['id'];

interface Drawn {
  readonly pair: StudyPair;
  readonly attack: string;
  /** Per run of the pair, one list of steps per traced image. */
  readonly traces: readonly (readonly (readonly TraceRow[])[])[];
}

/** The attack asked for, else the first of which something was traced. */
function drawn(study: Study, options: FigureOptions): Drawn | null {
  const pair = chosenPair(study, options);
  if (!pair) return null;
  const attack = options.attack ?? tracedLabel(pair.runs) ?? attackLabels(pair.runs)[0];
  if (attack === undefined) return null;
  return { pair, attack, traces: pair.runs.map((run) => byImage(run, attack)) };
}

function tracedLabel(runs: readonly StudyRun[]): string | undefined {
  return attackLabels(runs).find((label) => runs.some((run) => byImage(run, label).length > 0));
}

function byImage(run: StudyRun, label: string): TraceRow[][] {
  const images = new Map<number, TraceRow[]>();
  for (const row of attackOf(run, label)?.traces ?? []) {
    images.set(row.imageId, [...(images.get(row.imageId) ?? []), row]);
  }
  return [...images.values()];
}

/** L-infinity is what is counted in grey levels of an 8-bit picture. */
function valueOf(row: TraceRow, panel: Panel): number | null {
  return panel === 'linf' ? row.linf * 255 : row[panel];
}

function ticksOf(traces: Drawn['traces'], panel: Panel): Ticks {
  const values = traces.flat(2).flatMap((row) => valueOf(row, panel) ?? []);
  if (values.length === 0) return niceTicks(0, 1, 3);
  const lowest = values.reduce((low, value) => Math.min(low, value), Infinity);
  const from = panel === 'score' || panel === 'ssim' ? lowest : Math.min(0, lowest);
  const to = panel === 'ssim' ? 1 : largest(values);
  return niceTicks(from, to > from ? to : from + 1, 3);
}

function toOption(study: Study, options: FigureOptions, theme: ChartTheme): EChartsOption {
  const found = drawn(study, options);
  if (!found) return base(theme);
  const { pair, traces } = found;
  const y = panels.map(({ id }) => ticksOf(traces, id));
  const lastStep = Math.max(1, ...traces.flat(2).map(({ step }) => step));
  const x = niceTicks(0, lastStep, 5);
  const key = runLegend(theme, pair.runs, y, 'line');
  const frames = stackedFrames(theme, y, key.height);
  return {
    ...base(theme),
    grid: frames.grids,
    legend: key.legend,
    xAxis: panels.map((_, panel) =>
      xAxis(theme, {
        ticks: x,
        gridIndex: panel,
        ...(panel === panels.length - 1 ? { title: 'Step of the attack' } : { labels: false }),
      }),
    ),
    yAxis: panels.map(({ title }, panel) =>
      yAxis(theme, {
        title,
        ticks: y[panel] ?? niceTicks(0, 1),
        inLine: y,
        gridIndex: panel,
        room: frames.height,
      }),
    ),
    series: panels.flatMap(({ id }, panel) =>
      pair.runs.flatMap((run, r) =>
        (traces[r] ?? []).map((rows) =>
          line(theme, {
            name: runLabel(run),
            data: rows.map((row) => [row.step, valueOf(row, id)] as const),
            colour: regimeColour(run, theme),
            panel,
            weight: 0.6,
          }),
        ),
      ),
    ),
  };
}

/** Mean distance each traced score was moved, score points. */
function moved(traces: readonly (readonly TraceRow[])[]): string {
  const changes = traces.map((rows) => Math.abs((rows.at(-1)?.score ?? 0) - (rows[0]?.score ?? 0)));
  return `${measuredText(mean(changes), 1)} points (${traces.length} images)`;
}

const needTraces =
  (study: Study, options: FigureOptions): Need =>
  (run) => {
    const found = drawn(study, options);
    if (found && byImage(run, found.attack).length > 0) return null;
    return {
      action: 'attack',
      runId: run.run.id,
      reason: `${runLabel(run)} has no attack whose steps were recorded: set \u201cpictures to trace\u201d when you start one.`,
    };
  };

const figure: FigureDef = {
  id: 'attack-traces',
  title: 'An attack step by step',
  paper: null,
  size: { widthIn: 3.25, heightIn: 4.6 },
  choices: ['pairId', 'attack'],
  needs: (study, options) => missingInPair(study, options, needTraces(study, options)),
  toOption,
  toCsv(study, options) {
    const found = drawn(study, options);
    return {
      columns: [
        'run',
        'regime',
        'attack',
        'image',
        'step',
        'loss',
        'score',
        'linf_unit_pixel',
        'ssim_piq',
        ...originColumns,
      ],
      rows: (found?.pair.runs ?? []).flatMap((run, r) => {
        const names = new Map(run.images.map(({ id, name }) => [id, name]));
        return (found?.traces[r] ?? [])
          .flat()
          .map((row) => [
            run.run.name,
            regimeText(run),
            found?.attack ?? '',
            names.get(row.imageId) ?? String(row.imageId),
            row.step,
            row.loss,
            row.score,
            row.linf,
            row.ssim,
            ...originOf(run),
          ]);
      }),
    };
  },
  caption(study, options) {
    const found = drawn(study, options);
    if (!found) return '';
    const { pair, attack, traces } = found;
    return sentences([
      `${attack}, step by step: the traced scores moved by ${perRun(pair, traces.map(moved))} on average.`,
      'One line per traced image, chosen evenly over the ratings; means over its views,',
      'L\u221e the largest of any. The loss is in the attack\u2019s own unit; its last step is not evaluated.',
      ...provenanceNotes(study, pair.runs),
    ]);
  },
  summary(study, options) {
    const found = drawn(study, options);
    if (!found) return 'No run is chosen.';
    const values = perRun(found.pair, found.traces.map(moved));
    return `Loss, score, L-infinity and SSIM over the steps of ${found.attack}. Mean move of the score: ${values}.`;
  },
};

export default figure;
