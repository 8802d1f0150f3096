import type { EChartsOption } from 'echarts';
import type { FigureOptions, Study } from '../domain/study';
import { kde, peak, type Density } from '../stats/kde';
import { countText, short } from '../study/format';
import { normMeasures } from '../study/measures';
import { missingInPairs, needNorms } from '../study/missing';
import { coverageNotes, otherPairsNote, provenanceNotes } from '../study/notes';
import { normPoints } from '../study/points';
import { pairPerModel, regimeLabel } from '../study/models';
import { runLabel, twinNames, type StudyPair, regimeText } from '../study/select';
import type { ChartTheme } from '../theme';
import { largest, niceTicks, powerOfTen, powerText, xAxis, yAxis, type Ticks } from './lib/axes';
import { originColumns, originOf } from './lib/csv';
import type { DataTable, FigureDef } from './lib/figure';
import { keyLegend, regimeKeys } from './lib/keys';
import { base, curve, line, notes, regimeColour } from './lib/marks';
import { columnsFor, panelFrames } from './lib/panels';
import { sentences } from './lib/sentences';

interface Panel {
  readonly pair: StudyPair;
  readonly densities: readonly (Density | null)[];
  /** Right end of the panel's own curves and values. */
  readonly reach: number;
}

interface Drawn {
  readonly panels: readonly Panel[];
  /** All axes count in units of 10^power. */
  readonly power: number;
  /** One range for all panels where none would be squeezed into a fifth of it. */
  readonly shared: boolean;
}

function drawn(study: Study, options: FigureOptions): Drawn {
  const panels = pairPerModel(study, options).map((pair): Panel => {
    const values = pair.runs.map((run) => normPoints(run).map(({ exact }) => exact));
    const densities = values.map((own) => kde(own, { lower: 0 }));
    const ends = densities.map((density) => density?.x.at(-1) ?? 0);
    return { pair, densities, reach: largest([...ends, ...values.flat()]) };
  });
  const reaches = panels.map(({ reach }) => reach).filter((reach) => reach > 0);
  const shared = reaches.length > 0 && Math.max(...reaches) <= 5 * Math.min(...reaches);
  return { panels, power: powerOfTen(reaches), shared };
}

function toOption(study: Study, options: FigureOptions, theme: ChartTheme): EChartsOption {
  const { panels, power, shared } = drawn(study, options);
  if (panels.length === 0) return base(theme);
  const unit = 10 ** power;
  const unitText = `${powerText(power)}points per unit pixel`;
  const widest = largest(panels.map(({ reach }) => reach));
  const x = panels.map(({ reach }) => niceTicks(0, (shared ? widest : reach) / unit, 4));
  const y = panels.map(({ densities }): Ticks => {
    const top = 1.12 * peak(densities) * unit || 1;
    return { min: 0, max: top, step: top };
  });
  const key = keyLegend(
    theme,
    regimeKeys(
      theme,
      panels.flatMap(({ pair }) => pair.runs),
      'line',
    ),
    0,
    'line',
  );
  const frames = panelFrames(theme, {
    columns: columnsFor(panels.length),
    y,
    yLabels: 'none',
    xLabels: shared ? 'bottom' : 'all',
    named: true,
    head: key.height,
  });
  const titles = [
    `\u2113\u2081 norm of the gradient (${unitText})`,
    `\u2113\u2081 norm (${unitText})`,
    `\u2113\u2081 norm (${powerText(power).trim() || 'points'})`,
    '\u2113\u2081 norm',
  ];
  return {
    ...base(theme),
    grid: [...frames.grids],
    legend: key.legend.map((each) => ({ ...each, left: frames.left })),
    xAxis: panels.map((_, panel) =>
      xAxis(theme, {
        ticks: x[panel] ?? niceTicks(0, 1),
        gridIndex: panel,
        room: frames.width,
        ...(frames.isBottom(panel) ? { title: titles } : { labels: !shared }),
      }),
    ),
    yAxis: panels.map((_, panel) =>
      yAxis(theme, {
        ticks: y[panel] ?? niceTicks(0, 1),
        gridIndex: panel,
        labels: false,
        room: frames.height,
        ...(frames.isLeft(panel) && { title: 'Density' }),
      }),
    ),
    series: [
      ...key.series,
      ...panels.flatMap(({ pair, densities }, panel) => [
        ...pair.runs.map((run, i) =>
          line(theme, {
            name: regimeLabel(run),
            data: curve(densities[i], unit),
            colour: regimeColour(run, theme),
            panel,
            fill: 0.12,
          }),
        ),
        notes(theme, [nameOf(pair, x[panel], y[panel], theme)], panel),
      ]),
    ],
  };
}

function nameOf(pair: StudyPair, x: Ticks | undefined, y: Ticks | undefined, theme: ChartTheme) {
  const [run] = pair.runs;
  return {
    text: run?.modelTitle ?? pair.label,
    x: (x?.max ?? 1) / 2,
    y: y?.max ?? 1,
    colour: theme.ink,
    position: 'top' as const,
  };
}

function toCsv(study: Study, options: FigureOptions): DataTable {
  const { panels } = drawn(study, options);
  return {
    columns: [
      'model',
      'run',
      'regime',
      'image',
      'gradient_l1_norm_points_per_unit_pixel',
      ...originColumns,
    ],
    rows: panels.flatMap(({ pair }) =>
      pair.runs.flatMap((run) =>
        normPoints(run).map(({ name, exact }) => [
          run.modelTitle,
          run.run.name,
          regimeText(run),
          name,
          exact,
          ...originOf(run),
        ]),
      ),
    ),
  };
}

/** "HyperIQA 5200, HyperIQA +NT 1900" for every model. */
function means(panels: readonly Panel[]): string {
  return panels
    .flatMap(({ pair }) => pair.runs)
    .map((run) => {
      const { value } = normMeasures(run).mean;
      return `${runLabel(run)} ${value === null ? 'not measured' : short(value)}`;
    })
    .join(', ');
}

const figure: FigureDef = {
  id: 'norm-densities',
  title: 'Density of gradient norms, model by model',
  paper: 'Fig. 4',
  size: { widthIn: 3.25, heightIn: 2.9 },
  choices: ['pairId'],
  needs: (study, options) => missingInPairs(study, pairPerModel(study, options), needNorms),
  toOption,
  toCsv,
  caption(study, options) {
    const { panels, shared } = drawn(study, options);
    const pairs = panels.map(({ pair }) => pair);
    const runs = pairs.flatMap((pair) => pair.runs);
    if (runs.length === 0) return '';
    return sentences([
      `Mean \u2113\u2081 gradient norm in points per unit pixel: ${means(panels)}.`,
      'Distribution over images of the \u2113\u2081 norm of the score\u2019s gradient with respect to the',
      `pixels in [0, 1] (baseline blue, ${twinNames(runs)} orange;`,
      `${countText(runs.map((run) => normPoints(run).length))} per run).`,
      'Gaussian kernel densities with Silverman\u2019s bandwidth, reflected at zero.',
      shared ? null : 'The horizontal axes differ: on one range some curves would be a spike.',
      otherPairsNote(study, pairs),
      ...coverageNotes(runs.map((run) => ({ run, batch: run.norms }))),
      ...provenanceNotes(study, runs),
    ]);
  },
  summary(study, options) {
    const { panels } = drawn(study, options);
    if (panels.length === 0) return 'No run is chosen.';
    return `Densities of the l1 gradient norm, one panel per model. Means: ${means(panels)}.`;
  },
};

export default figure;
