import type { EChartsOption } from 'echarts';
import type { FigureOptions, Study } from '../domain/study';
import { countText, measuredText } from '../study/format';
import { attackMeasures } from '../study/measures';
import { missingInPair, needAttack } from '../study/missing';
import { coverageNotes, provenanceNotes, scoredNote } from '../study/notes';
import { imageMeasureColumns, imageMeasures } from '../study/per-image';
import { attackPoints, type AttackPoint } from '../study/points';
import { shareNotes, unfairNotes } from '../study/same-settings';
import { attackOf, chosenPair, runLabel, regimeText } from '../study/select';
import { kde, peak } from '../stats/kde';
import type { ChartTheme } from '../theme';
import { attackedPair } from './lib/attacked-pair';
import {
  besideDiagonal,
  densityTicks,
  hiddenAxis,
  scoreTicks,
  xAxis,
  yAxis,
  type Ticks,
} from './lib/axes';
import { originColumns, originOf } from './lib/csv';
import type { DataTable, FigureDef } from './lib/figure';
import { marginalFrame } from './lib/frame';
import { runLegend } from './lib/legend';
import {
  base,
  curve,
  line,
  notes,
  pointDataset,
  pointRows,
  regimeColour,
  scatter,
  upright,
} from './lib/marks';
import { bandwidthNote, markerKey, perRun, sentences, takeaway } from './lib/sentences';

function drawn(study: Study, options: FigureOptions) {
  return attackedPair(study, options, (run, batch) => attackPoints(run, batch, options.scored));
}

function ticksOf(points: readonly AttackPoint[][]): { x: Ticks; y: Ticks } {
  const all = points.flat();
  return {
    x: scoreTicks(all.map((point) => point.before)),
    y: scoreTicks(all.map((point) => point.after)),
  };
}

function toOption(study: Study, options: FigureOptions, theme: ChartTheme): EChartsOption {
  const found = drawn(study, options);
  if (!found) return base(theme);
  const { pair, attack, parts: points } = found;
  const ticks = ticksOf(points);
  const before = points.map((own) => kde(own.map((point) => point.before)));
  const after = points.map((own) => kde(own.map((point) => point.after)));
  const key = runLegend(theme, pair.runs, [ticks.y]);
  const grid = marginalFrame(theme, ticks.y, true, key.height);
  const unchanged = [Math.max(ticks.x.min, ticks.y.min), Math.min(ticks.x.max, ticks.y.max)];
  const [from = 0, to = 100] = unchanged;
  const colours = pair.runs.map((run) => regimeColour(run, theme));
  return {
    ...base(theme),
    grid,
    legend: key.legend,
    xAxis: [
      xAxis(theme, {
        title: `Score before the attack (0\u2013100), ${countText(points.map((own) => own.length))}`,
        ticks: ticks.x,
      }),
      hiddenAxis(densityTicks(peak(after)), 1),
      hiddenAxis(ticks.x, 2),
    ],
    yAxis: [
      yAxis(theme, {
        title: [`Score after ${attack} (0\u2013100)`, 'Score after the attack (0\u2013100)'],
        ticks: ticks.y,
      }),
      hiddenAxis(ticks.y, 1),
      hiddenAxis(densityTicks(peak(before)), 2),
    ],
    dataset: points.map((own, i) =>
      pointDataset(
        `points-${i}`,
        pointRows(own, (point) => [point.before, point.after]),
      ),
    ),
    series: [
      line(theme, {
        data: [
          [from, from],
          [to, to],
        ],
        colour: theme.inkMuted,
        dash: 'dashed',
        weight: 0.6,
      }),
      ...pair.runs.map((run, i) =>
        scatter(run, theme, `points-${i}`, Math.max(...points.map((own) => own.length))),
      ),
      ...pair.runs.flatMap((run, i) => [
        line(theme, {
          name: runLabel(run),
          data: upright(after[i]),
          colour: colours[i] ?? theme.ink,
          panel: 1,
        }),
        line(theme, {
          name: runLabel(run),
          data: curve(before[i]),
          colour: colours[i] ?? theme.ink,
          panel: 2,
        }),
      ]),
      notes(theme, [
        {
          text: 'no change',
          ...besideDiagonal(from, to),
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
      'mos_0_100',
      'score_before_0_100',
      'score_after_0_100',
      ...imageMeasureColumns,
      'attack',
      'scored',
      ...originColumns,
    ],
    rows: (found?.pair.runs ?? []).flatMap((run, i) => {
      const points = found?.parts[i] ?? [];
      const measures = imageMeasures(points);
      return points.map((point, k) => [
        run.run.name,
        regimeText(run),
        point.name,
        point.mos,
        point.before,
        point.after,
        ...(measures[k] ?? []),
        found?.attack ?? '',
        options.scored,
        ...originOf(run),
      ]);
    }),
  };
}

function caption(study: Study, options: FigureOptions): string {
  const found = drawn(study, options);
  if (!found) return '';
  const { pair, attack, parts: points } = found;
  const measured = pair.runs.map((run) =>
    attackMeasures(run, attackOf(run, attack), options.scored),
  );
  const values = (pick: 'rmse' | 'srocc'): string =>
    perRun(
      pair,
      measured.map((own) => measuredText(own.beforeAfter[pick], 3)),
    );
  return sentences([
    takeaway(
      `the RMSE between scores before and after ${attack}`,
      'points',
      pair,
      measured.map((own) => own.beforeAfter.rmse),
      3,
    ),
    `Score before against score after ${attack}, one mark per image (${markerKey(pair)};`,
    `${countText(points.map((own) => own.length))}); marks on the dashed line did not move.`,
    `Before against after: RMSE ${values('rmse')}; SROCC ${values('srocc')}.`,
    bandwidthNote(
      'Curves on the right (scores after the attack)',
      pair,
      points.map((own) => kde(own.map((point) => point.after))),
      'score points',
    ),
    bandwidthNote(
      'Curves above (scores before)',
      pair,
      points.map((own) => kde(own.map((point) => point.before))),
      'score points',
    ),
    scoredNote(options.scored),
    ...shareNotes([pair], [attack]),
    ...unfairNotes([pair], [attack]),
    ...coverageNotes(pair.runs.map((run) => ({ run, batch: attackOf(run, attack) }))),
    ...provenanceNotes(study, pair.runs),
  ]);
}

const figure: FigureDef = {
  id: 'before-after',
  title: 'Score before and after the attack',
  paper: null,
  size: { widthIn: 3.25, heightIn: 3.2 },
  choices: ['pairId', 'attack', 'scored'],
  needs: (study, options) =>
    missingInPair(study, options, needAttack(chosenPair(study, options)?.runs ?? [], options)),
  toOption,
  toCsv,
  caption,
  summary(study, options) {
    const found = drawn(study, options);
    if (!found) return 'No run is chosen.';
    const measured = found.pair.runs.map((run) =>
      attackMeasures(run, attackOf(run, found.attack), options.scored),
    );
    const moved = perRun(
      found.pair,
      measured.map((own) => `${measuredText(own.meanChange, 1)} points over ${own.n} images`),
    );
    return `Scatter of scores before and after ${found.attack}. Mean absolute change: ${moved}.`;
  },
  points: (study, options) =>
    (drawn(study, options)?.parts ?? []).flat().map((point) => ({
      imageId: point.imageId,
      runId: point.runId,
      label: point.name,
      x: point.before,
      y: point.after,
    })),
};

export default figure;
