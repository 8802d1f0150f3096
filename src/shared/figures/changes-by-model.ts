import type { EChartsOption } from 'echarts';
import type { FigureOptions, Study } from '../domain/study';
import { kde, peak, type Density } from '../stats/kde';
import { mean } from '../stats/quantiles';
import { changePoints, type ChangePoint } from '../study/changes';
import { countText, measuredText } from '../study/format';
import { missingInPairs, needAttack } from '../study/missing';
import { coverageNotes, otherPairsNote, provenanceNotes, scoredNote } from '../study/notes';
import { pairPerModel, regimeLabel } from '../study/models';
import { shareNotes, unfairNotes } from '../study/same-settings';
import {
  attackOf,
  chosenAttack,
  runLabel,
  twinNames,
  type StudyPair,
  regimeText,
} from '../study/select';
import type { ChartTheme } from '../theme';
import { densityTicks, hiddenAxis, largest, niceTicks, scoreTicks, xAxis, yAxis } from './lib/axes';
import { originColumns, originOf } from './lib/csv';
import type { DataTable, FigureDef } from './lib/figure';
import { keyLegend, regimeKeys } from './lib/keys';
import {
  base,
  line,
  notes,
  pointDataset,
  pointRows,
  regimeColour,
  scatter,
  upright,
} from './lib/marks';
import { columnsFor, panelFrames } from './lib/panels';
import { sentences } from './lib/sentences';

interface Panel {
  readonly pair: StudyPair;
  readonly points: readonly ChangePoint[][];
  /** A change cannot be negative: the density is reflected at 0. */
  readonly densities: readonly (Density | null)[];
}

function drawn(study: Study, options: FigureOptions): { attack: string; panels: readonly Panel[] } {
  const pairs = pairPerModel(study, options);
  const attack = chosenAttack(
    pairs.flatMap((pair) => pair.runs),
    options,
  );
  const panels = pairs.map((pair): Panel => {
    const points = pair.runs.map((run) => changePoints(run, attackOf(run, attack), options.scored));
    const densities = points.map((own) =>
      kde(
        own.map(({ change }) => change),
        { lower: 0 },
      ),
    );
    return { pair, points, densities };
  });
  return { attack: attack ?? 'the attack', panels };
}

function toOption(study: Study, options: FigureOptions, theme: ChartTheme): EChartsOption {
  const { attack, panels } = drawn(study, options);
  if (panels.length === 0) return base(theme);
  const count = panels.length;
  const all = panels.flatMap(({ points }) => points.flat());
  const x = scoreTicks(all.map(({ mos }) => mos));
  const runs = panels.flatMap(({ pair }) => pair.runs);
  // One range per panel: a model that hardly moves would be a line on another's range.
  const y = panels.map(({ points }) =>
    niceTicks(
      0,
      largest(
        points.flat().map(({ change }) => change),
        1,
      ),
      4,
    ),
  );
  const key = keyLegend(theme, regimeKeys(theme, runs, 'mark'), 0);
  const frames = panelFrames(theme, {
    columns: columnsFor(count),
    y,
    yLabels: 'all',
    xLabels: 'bottom',
    named: true,
    head: key.height,
    strips: true,
  });
  const crowd = Math.max(...panels.flatMap(({ points }) => points.map((own) => own.length)));
  return {
    ...base(theme),
    grid: [...frames.grids],
    legend: key.legend.map((each) => ({ ...each, left: frames.left })),
    xAxis: [
      ...panels.map((_, panel) =>
        xAxis(theme, {
          ticks: x,
          gridIndex: panel,
          room: frames.width,
          ...(frames.isBottom(panel) ? { title: 'MOS (0\u2013100)' } : { labels: false }),
        }),
      ),
      ...panels.map(({ densities }, panel) =>
        hiddenAxis(densityTicks(peak(densities)), count + panel),
      ),
    ],
    yAxis: [
      ...panels.map((_, panel) =>
        yAxis(theme, {
          ticks: y[panel] ?? niceTicks(0, 1),
          gridIndex: panel,
          room: frames.height,
          ...(frames.isLeft(panel) && {
            title: [
              `|after \u2212 before|, ${attack} (points)`,
              '|after \u2212 before| (points)',
              '|after \u2212 before|',
            ],
          }),
        }),
      ),
      ...panels.map((_, panel) => hiddenAxis(y[panel] ?? niceTicks(0, 1), count + panel)),
    ],
    dataset: panels.flatMap(({ points }, panel) =>
      points.map((own, i) =>
        pointDataset(
          `points-${panel}-${i}`,
          pointRows(own, ({ mos, change }) => [mos, change]),
        ),
      ),
    ),
    series: [
      ...key.series,
      ...panels.flatMap(({ pair, densities }, panel) => [
        ...pair.runs.map((run, i) => ({
          ...scatter(run, theme, `points-${panel}-${i}`, 2 * crowd),
          name: regimeLabel(run),
          xAxisIndex: panel,
          yAxisIndex: panel,
        })),
        ...pair.runs.map((run, i) =>
          line(theme, {
            name: regimeLabel(run),
            data: upright(densities[i]),
            colour: regimeColour(run, theme),
            panel: count + panel,
          }),
        ),
        notes(
          theme,
          [
            {
              text: pair.runs[0]?.modelTitle ?? pair.label,
              x: (x.min + x.max) / 2,
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
  const { attack, panels } = drawn(study, options);
  return {
    columns: [
      'model',
      'run',
      'regime',
      'image',
      'mos_0_100',
      'absolute_change_points',
      'attack',
      'scored',
      ...originColumns,
    ],
    rows: panels.flatMap(({ pair, points }) =>
      pair.runs.flatMap((run, i) =>
        (points[i] ?? []).map(({ name, mos, change }) => [
          run.modelTitle,
          run.run.name,
          regimeText(run),
          name,
          mos,
          change,
          attack,
          options.scored,
          ...originOf(run),
        ]),
      ),
    ),
  };
}

/** "HyperIQA 12.1, HyperIQA +NT 3.4": mean change of every run. */
function means(panels: readonly Panel[]): string {
  return panels
    .flatMap(({ pair, points }) =>
      pair.runs.map((run, i) => {
        const value = mean((points[i] ?? []).map(({ change }) => change));
        return `${runLabel(run)} ${measuredText(value, 2)}`;
      }),
    )
    .join(', ');
}

const figure: FigureDef = {
  id: 'changes-by-model',
  title: 'Absolute score change against MOS, model by model',
  paper: 'Figs. S8\u2013S11',
  size: { widthIn: 6.875, heightIn: 4.2 },
  choices: ['pairId', 'attack', 'scored'],
  needs(study, options) {
    const pairs = pairPerModel(study, options);
    const runs = pairs.flatMap((pair) => pair.runs);
    return missingInPairs(study, pairs, needAttack(runs, options));
  },
  toOption,
  toCsv,
  caption(study, options) {
    const { attack, panels } = drawn(study, options);
    const pairs = panels.map(({ pair }) => pair);
    const runs = pairs.flatMap((pair) => pair.runs);
    if (runs.length === 0) return '';
    const counts = panels.flatMap(({ points }) => points.map((own) => own.length));
    return sentences([
      `Mean absolute score change under ${attack} in points: ${means(panels)}.`,
      `Absolute difference between the scores before and after ${attack} against MOS, one mark per`,
      `image (hollow: baseline, filled: ${twinNames(runs)}; ${countText(counts)} per run). The vertical ranges differ.`,
      'Curves on the right: Gaussian kernel densities with Silverman\u2019s bandwidth, reflected at zero.',
      scoredNote(options.scored),
      ...shareNotes(pairs, [attack]),
      ...unfairNotes(pairs, [attack]),
      otherPairsNote(study, pairs),
      ...coverageNotes(runs.map((run) => ({ run, batch: attackOf(run, attack) }))),
      ...provenanceNotes(study, runs),
    ]);
  },
  summary(study, options) {
    const { attack, panels } = drawn(study, options);
    if (panels.length === 0) return 'No run is chosen.';
    return `Scatters of the absolute score change under ${attack} against MOS, one panel per model. Mean change in points: ${means(panels)}.`;
  },
};

export default figure;
