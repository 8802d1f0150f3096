import type { EChartsOption } from 'echarts';
import type { FigureOptions, Study } from '../domain/study';
import { bands } from '../stats/bands';
import { changePoints } from '../study/changes';
import { fixed } from '../study/format';
import { missingInPair, needAttack } from '../study/missing';
import { coverageNotes, provenanceNotes, scoredNote } from '../study/notes';
import { shareNotes, unfairNotes } from '../study/same-settings';
import { attackOf, chosenPair, runLabel, regimeText } from '../study/select';
import type { ChartTheme } from '../theme';
import { attackedPair } from './lib/attacked-pair';
import { largest, niceTicks, placesAxis, yAxis } from './lib/axes';
import { originColumns, originOf } from './lib/csv';
import type { DataTable, FigureDef } from './lib/figure';
import { singleFrame } from './lib/frame';
import { regimeMark } from './lib/keys';
import { runLegend } from './lib/legend';
import { base, line, markerShape, marks, notes, placeNames, regimeColour } from './lib/marks';
import { markerKey, perRun, sentences } from './lib/sentences';

/** Bands of MOS: 0-20, 20-40, ..., five as in the categories of the standard quality scale. */
const bandCount = 5;

/** Per run its bands from the lowest MOS. */
function drawn(study: Study, options: FigureOptions) {
  return attackedPair(study, options, (run, batch) => {
    const points = changePoints(run, batch, options.scored);
    const mos = points.map((point) => point.mos);
    const change = points.map((point) => point.change);
    return bands(mos, change, 0, 100, bandCount);
  });
}

function toOption(study: Study, options: FigureOptions, theme: ChartTheme): EChartsOption {
  const found = drawn(study, options);
  if (!found) return base(theme);
  const { pair, attack } = found;
  const tops = found.parts.flat().map(({ summary }) => summary?.upperQuartile ?? 0);
  const y = niceTicks(0, largest(tops, 1), 5);
  const key = runLegend(theme, pair.runs, [y]);
  const grid = singleFrame(theme, y, key.height);
  const names = (found.parts[0] ?? []).map(({ low, high }) => `${low}\u2013${high}`);
  /** Twins stand beside each other in their band. */
  const beside = (band: number, i: number): number =>
    band + (pair.runs.length > 1 ? 0.22 * (i - (pair.runs.length - 1) / 2) : 0);
  return {
    ...base(theme),
    grid: { ...grid, top: Number(grid.top) + 1.2 * theme.fontSize },
    legend: key.legend,
    xAxis: placesAxis(theme, bandCount, { title: 'MOS (0\u2013100)' }),
    yAxis: yAxis(theme, {
      title: [`|after \u2212 before|, ${attack} (points)`, '|after \u2212 before| (points)'],
      ticks: y,
    }),
    series: [
      ...pair.runs.flatMap((run, i) => {
        const colour = regimeColour(run, theme);
        const own = (found.parts[i] ?? []).map(({ summary }, band) => ({ summary, band }));
        return [
          ...own.flatMap(({ summary, band }) => {
            if (!summary) return [];
            const x = beside(band, i);
            const data = [
              [x, summary.lowerQuartile],
              [x, summary.upperQuartile],
            ] as const;
            return [line(theme, { data, colour })];
          }),
          marks(theme, {
            name: runLabel(run),
            data: own.flatMap(({ summary, band }) =>
              summary ? [[beside(band, i), summary.median] as const] : [],
            ),
            symbol: markerShape(run.slot),
            style: regimeMark(run, theme),
            scale: 1.2,
          }),
        ];
      }),
      placeNames(theme, names, y.min),
      notes(
        theme,
        counts(found).map((text, band) => ({
          text: band === 0 ? `n = ${text}` : text,
          x: band,
          y: y.max,
          colour: theme.inkMuted,
          position: 'top',
        })),
      ),
    ],
  };
}

type Drawn = NonNullable<ReturnType<typeof drawn>>;

/** Images per band; both twins' counts where they differ. */
function counts(found: Drawn): string[] {
  return Array.from({ length: bandCount }, (_, band) =>
    [...new Set(found.parts.map((own) => own[band]?.n ?? 0))].join(', '),
  );
}

function toCsv(study: Study, options: FigureOptions): DataTable {
  const found = drawn(study, options);
  return {
    columns: [
      'run',
      'regime',
      'mos_from',
      'mos_to',
      'images',
      'change_lower_quartile_points',
      'change_median_points',
      'change_upper_quartile_points',
      'change_mean_points',
      'attack',
      'scored',
      ...originColumns,
    ],
    rows: (found?.pair.runs ?? []).flatMap((run, i) =>
      (found?.parts[i] ?? []).map(({ low, high, n, summary }) => [
        run.run.name,
        regimeText(run),
        low,
        high,
        n,
        summary?.lowerQuartile ?? null,
        summary?.median ?? null,
        summary?.upperQuartile ?? null,
        summary?.mean ?? null,
        found?.attack ?? '',
        options.scored,
        ...originOf(run),
      ]),
    ),
  };
}

/** "0-20: 12.1 to 3.4" per band, medians of baseline and twin. */
function medians(found: Drawn): string {
  const [base = [], twin] = found.parts;
  return base
    .flatMap(({ low, high, summary }, band) => {
      const other = twin?.[band]?.summary;
      if (!summary) return [];
      const to = other ? ` to ${fixed(other.median, 1)}` : '';
      return [`${fixed(summary.median, 1)}${to} (MOS ${low}\u2013${high})`];
    })
    .join(', ');
}

const figure: FigureDef = {
  id: 'quality-bands',
  title: 'Score change by quality band',
  paper: null,
  size: { widthIn: 3.25, heightIn: 2.4 },
  choices: ['pairId', 'attack', 'scored'],
  needs: (study, options) =>
    missingInPair(study, options, needAttack(chosenPair(study, options)?.runs ?? [], options)),
  toOption,
  toCsv,
  caption(study, options) {
    const found = drawn(study, options);
    if (!found) return '';
    const { pair, attack } = found;
    const twins = pair.runs.length === 2 ? ', baseline to twin' : '';
    return sentences([
      `Median absolute score change under ${attack} in points${twins}: ${medians(found)}.`,
      'Marks are medians, lines reach from the lower to the upper quartile, over the images of a band',
      `of MOS (${markerKey(pair)}; number of images above).`,
      scoredNote(options.scored),
      ...shareNotes([pair], [attack]),
      ...unfairNotes([pair], [attack]),
      ...coverageNotes(pair.runs.map((run) => ({ run, batch: attackOf(run, attack) }))),
      ...provenanceNotes(study, pair.runs),
    ]);
  },
  summary(study, options) {
    const found = drawn(study, options);
    if (!found) return 'No run is chosen.';
    const overall = found.parts.map((own) => `${own.reduce((sum, { n }) => sum + n, 0)} images`);
    return `Absolute score change under ${found.attack} in five bands of MOS (${perRun(found.pair, overall)}). Medians: ${medians(found)}.`;
  },
};

export default figure;
