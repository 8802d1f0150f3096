import type { EChartsOption } from 'echarts';
import type { FigureOptions, Study } from '../domain/study';
import { kde, peak, type Density } from '../stats/kde';
import { mean } from '../stats/quantiles';
import { changePoints, type ChangePoint } from '../study/changes';
import { countText, measuredText } from '../study/format';
import { missingInPair, needAttack } from '../study/missing';
import { coverageNotes, provenanceNotes, scoredNote } from '../study/notes';
import { shareNotes, unfairNotes } from '../study/same-settings';
import { attackOf, chosenPair, runLabel, type StudyPair, regimeText } from '../study/select';
import type { ChartTheme } from '../theme';
import { attackedPair } from './lib/attacked-pair';
import { densityTicks, hiddenAxis, largest, niceTicks, scoreTicks, xAxis, yAxis } from './lib/axes';
import { originColumns, originOf } from './lib/csv';
import type { DataTable, FigureDef } from './lib/figure';
import { marginalFrame } from './lib/frame';
import { runLegend } from './lib/legend';
import { base, line, pointDataset, pointRows, regimeColour, scatter, upright } from './lib/marks';
import { bandwidthNote, markerKey, perRun, sentences, takeaway } from './lib/sentences';

interface Drawn {
  readonly pair: StudyPair;
  readonly attack: string;
  readonly points: readonly ChangePoint[][];
  /** A change cannot be negative: the density is reflected at 0. */
  readonly densities: readonly (Density | null)[];
}

function drawn(study: Study, options: FigureOptions): Drawn | null {
  const found = attackedPair(study, options, (run, batch) =>
    changePoints(run, batch, options.scored),
  );
  if (!found) return null;
  const { pair, attack, parts: points } = found;
  const densities = points.map((own) =>
    kde(
      own.map((point) => point.change),
      { lower: 0 },
    ),
  );
  return { pair, attack, points, densities };
}

function toOption(study: Study, options: FigureOptions, theme: ChartTheme): EChartsOption {
  const found = drawn(study, options);
  if (!found) return base(theme);
  const { pair, attack, points, densities } = found;
  const all = points.flat();
  const x = scoreTicks(all.map((point) => point.mos));
  const y = niceTicks(
    0,
    largest(
      all.map((point) => point.change),
      1,
    ),
    5,
  );
  const key = runLegend(theme, pair.runs, [y]);
  const grid = marginalFrame(theme, y, false, key.height);
  const count = Math.max(...points.map((own) => own.length));
  return {
    ...base(theme),
    grid,
    legend: key.legend,
    xAxis: [
      xAxis(theme, {
        title: `MOS (0\u2013100), ${countText(points.map((own) => own.length))}`,
        ticks: x,
      }),
      hiddenAxis(densityTicks(peak(densities)), 1),
    ],
    yAxis: [
      yAxis(theme, {
        title: [`|after \u2212 before|, ${attack} (points)`, '|after \u2212 before| (points)'],
        ticks: y,
      }),
      hiddenAxis(y, 1),
    ],
    dataset: points.map((own, i) =>
      pointDataset(
        `points-${i}`,
        pointRows(own, (point) => [point.mos, point.change]),
      ),
    ),
    series: [
      // The bottom axis lies at zero: its line is the zero line of the paper's figure.
      ...pair.runs.map((run, i) => scatter(run, theme, `points-${i}`, count)),
      ...pair.runs.map((run, i) =>
        line(theme, {
          name: runLabel(run),
          data: upright(densities[i]),
          colour: regimeColour(run, theme),
          panel: 1,
        }),
      ),
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
      'mos_0_100',
      'absolute_change_points',
      'attack',
      'scored',
      ...originColumns,
    ],
    rows: (found?.pair.runs ?? []).flatMap((run, i) =>
      (found?.points[i] ?? []).map((point) => [
        run.run.name,
        regimeText(run),
        point.name,
        point.mos,
        point.change,
        found?.attack ?? '',
        options.scored,
        ...originOf(run),
      ]),
    ),
  };
}

function meanChanges(found: Drawn): ReturnType<typeof mean>[] {
  return found.points.map((own) => mean(own.map((point) => point.change)));
}

const figure: FigureDef = {
  id: 'absolute-change',
  title: 'Absolute score change against MOS',
  paper: 'Fig. 1',
  size: { widthIn: 3.25, heightIn: 2.4 },
  choices: ['pairId', 'attack', 'scored'],
  needs: (study, options) =>
    missingInPair(study, options, needAttack(chosenPair(study, options)?.runs ?? [], options)),
  toOption,
  toCsv,
  caption(study, options) {
    const found = drawn(study, options);
    if (!found) return '';
    const { pair, attack, points, densities } = found;
    return sentences([
      takeaway(
        `the mean absolute score change under ${attack}`,
        'points',
        pair,
        meanChanges(found),
        2,
      ),
      `Absolute difference between the scores before and after ${attack} against MOS, one mark`,
      `per image (${markerKey(pair)}; ${countText(points.map((own) => own.length))}).`,
      bandwidthNote('Curves on the right, reflected at zero', pair, densities, 'points'),
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
    const values = meanChanges(found).map((value) => `${measuredText(value, 1)} points`);
    return `Scatter of the absolute score change under ${found.attack} against MOS. Mean change: ${perRun(found.pair, values)}.`;
  },
  points: (study, options) =>
    (drawn(study, options)?.points ?? []).flat().map(({ imageId, runId, name, mos, change }) => ({
      imageId,
      runId,
      label: name,
      x: mos,
      y: change,
    })),
};

export default figure;
