import type { EChartsOption } from 'echarts';
import type { FigureOptions, Study } from '../domain/study';
import { kde, peak, type Density } from '../stats/kde';
import { countText, short } from '../study/format';
import { normMeasures } from '../study/measures';
import { missingInPair, needNorms } from '../study/missing';
import { coverageNotes, provenanceNotes } from '../study/notes';
import { normPoints, type NormPoint } from '../study/points';
import { chosenPair, runLabel, type StudyPair, regimeText, twinNames } from '../study/select';
import type { ChartTheme } from '../theme';
import {
  hiddenAxis,
  largest,
  leftMargin,
  niceTicks,
  powerOfTen,
  powerText,
  xAxis,
  yAxis,
  type Ticks,
} from './lib/axes';
import { originColumns, originOf } from './lib/csv';
import type { DataTable, FigureDef } from './lib/figure';
import { rugFrame } from './lib/frame';
import {
  base,
  curve,
  line,
  notes,
  pointDataset,
  pointRows,
  regimeColour,
  rug,
  type Note,
} from './lib/marks';
import { bandwidthNote, perRun, sentences, takeaway } from './lib/sentences';

interface Drawn {
  readonly pair: StudyPair;
  readonly points: readonly NormPoint[][];
  readonly densities: readonly (Density | null)[];
  /** The axis counts in units of 10^power. */
  readonly power: number;
}

function drawn(study: Study, options: FigureOptions): Drawn | null {
  const pair = chosenPair(study, options);
  if (!pair) return null;
  const points = pair.runs.map(normPoints);
  const densities = points.map((own) =>
    kde(
      own.map((point) => point.exact),
      { lower: 0 },
    ),
  );
  return { pair, points, densities, power: powerOfTen(points.flat().map((point) => point.exact)) };
}

function toOption(study: Study, options: FigureOptions, theme: ChartTheme): EChartsOption {
  const found = drawn(study, options);
  if (!found) return base(theme);
  const { pair, points, densities, power } = found;
  const unit = 10 ** power;
  const unitText = `${powerText(power)}points per unit pixel`;
  const n = countText(points.map((own) => own.length));
  const ends = densities.map((density) => density?.x.at(-1) ?? 0);
  const values = points.flat().map((point) => point.exact);
  const x = niceTicks(0, largest([...ends, ...values]) / unit, 5);
  const y = niceTicks(0, peak(densities) * unit, 4);
  const rows = { min: -0.5, max: pair.runs.length - 0.5, step: 1 };
  return {
    ...base(theme),
    grid: rugFrame(theme, y, pair.runs.length),
    xAxis: [
      xAxis(theme, {
        title: [
          `\u2113\u2081 norm of the gradient (${unitText}), ${n}`,
          `\u2113\u2081 gradient norm (${unitText}), ${n}`,
          `\u2113\u2081 norm (${unitText}), ${n}`,
          `\u2113\u2081 norm, ${n}`,
        ],
        ticks: x,
      }),
      hiddenAxis(x, 1),
    ],
    yAxis: [
      hiddenAxis(rows, 0),
      yAxis(theme, { title: `Density (per ${powerText(power)}points)`, ticks: y, gridIndex: 1 }),
    ],
    dataset: points.map((own, i) =>
      pointDataset(
        `points-${i}`,
        // The baseline's row lies above its twin's.
        pointRows(own, (point) => [point.exact / unit, pair.runs.length - 1 - i]),
      ),
    ),
    series: [
      ...pair.runs.map((run, i) =>
        line(theme, {
          name: runLabel(run),
          data: curve(densities[i], unit),
          colour: regimeColour(run, theme),
          panel: 1,
          fill: 0.12,
        }),
      ),
      ...pair.runs.map((run, i) => rug(run, theme, `points-${i}`)),
      notes(
        theme,
        pair.runs.flatMap((run, i) => {
          const density = densities[i];
          const top = density?.y.indexOf(peak([density])) ?? -1;
          if (!density || top < 0) return [];
          const colour = regimeColour(run, theme);
          const place = { x: (density.x[top] ?? 0) / unit, y: (density.y[top] ?? 0) * unit };
          const text = runLabel(run);
          return [{ text, ...place, colour, position: besidePeak(theme, text, place.x, x, y) }];
        }),
        1,
      ),
    ],
  };
}

/** Above the peak, or to its right where the text would run over the left axis. */
function besidePeak(
  theme: ChartTheme,
  text: string,
  at: number,
  x: Ticks,
  y: Ticks,
): Note['position'] {
  if (!theme.canvas) return 'top';
  const width = theme.canvas.width - leftMargin(theme, [y]) - 1.2 * theme.fontSize;
  const half = 0.25 * theme.fontSize * text.length;
  return (at / x.max) * width < half ? 'right' : 'top';
}

function toCsv(study: Study, options: FigureOptions): DataTable {
  const found = drawn(study, options);
  return {
    columns: ['run', 'regime', 'image', 'gradient_l1_norm_points_per_unit_pixel', ...originColumns],
    rows: (found?.pair.runs ?? []).flatMap((run, i) =>
      (found?.points[i] ?? []).map((point) => [
        run.run.name,
        regimeText(run),
        point.name,
        point.exact,
        ...originOf(run),
      ]),
    ),
  };
}

const figure: FigureDef = {
  id: 'norm-density',
  title: 'Density of gradient norms',
  paper: 'Fig. 4, one panel',
  size: { widthIn: 3.25, heightIn: 2.3 },
  choices: ['pairId'],
  needs: (study, options) => missingInPair(study, options, needNorms),
  toOption,
  toCsv,
  caption(study, options) {
    const found = drawn(study, options);
    if (!found) return '';
    const { pair, points, densities } = found;
    const measured = pair.runs.map(normMeasures);
    return sentences([
      takeaway(
        'the mean \u2113\u2081 gradient norm',
        'points per unit pixel',
        pair,
        measured.map((own) => own.mean),
        0,
      ),
      'Distribution over images of the \u2113\u2081 norm of the score\u2019s gradient with respect to the',
      `pixels in [0, 1] (baseline blue, ${twinNames(pair.runs)} orange; each tick of the rug is one image,`,
      `${countText(points.map((own) => own.length))}).`,
      bandwidthNote('Curves, reflected at zero', pair, densities, 'points per unit pixel'),
      ...coverageNotes(pair.runs.map((run) => ({ run, batch: run.norms }))),
      ...provenanceNotes(study, pair.runs),
    ]);
  },
  summary(study, options) {
    const found = drawn(study, options);
    if (!found) return 'No run is chosen.';
    const values = found.pair.runs.map((run) => {
      const own = normMeasures(run);
      if (own.mean.value === null || own.median.value === null) return 'not measured';
      return `mean ${short(own.mean.value)}, median ${short(own.median.value)} over ${own.n} images`;
    });
    return `Density of the l1 gradient norm in score points per unit pixel. ${perRun(found.pair, values)}.`;
  },
  points: (study, options) => {
    const found = drawn(study, options);
    return (found?.points ?? []).flatMap((own, i) =>
      own.map(({ imageId, runId, name, exact }) => ({
        imageId,
        runId,
        label: name,
        x: exact / 10 ** (found?.power ?? 0),
        y: (found?.points.length ?? 1) - 1 - i,
      })),
    );
  },
};

export default figure;
