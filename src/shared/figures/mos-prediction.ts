import type { EChartsOption } from 'echarts';
import type { FigureOptions, Study } from '../domain/study';
import { countText, measuredText } from '../study/format';
import { cleanMeasures } from '../study/measures';
import { missingInPair, needScores } from '../study/missing';
import { coverageNotes, provenanceNotes } from '../study/notes';
import { scorePoints, type ScorePoint } from '../study/points';
import { chosenPair, type StudyPair, regimeText } from '../study/select';
import type { ChartTheme } from '../theme';
import { besideDiagonal, scoreTicks, xAxis, yAxis } from './lib/axes';
import { originColumns, originOf } from './lib/csv';
import type { DataTable, FigureDef } from './lib/figure';
import { singleFrame } from './lib/frame';
import { runLegend } from './lib/legend';
import { base, line, notes, pointDataset, pointRows, scatter } from './lib/marks';
import { markerKey, perRun, sentences, takeaway } from './lib/sentences';

interface Drawn {
  readonly pair: StudyPair;
  readonly points: readonly ScorePoint[][];
}

function drawn(study: Study, options: FigureOptions): Drawn | null {
  const pair = chosenPair(study, options);
  return pair && { pair, points: pair.runs.map(scorePoints) };
}

function toOption(study: Study, options: FigureOptions, theme: ChartTheme): EChartsOption {
  const found = drawn(study, options);
  if (!found) return base(theme);
  const { pair, points } = found;
  const x = scoreTicks(points.flat().map((point) => point.mos));
  const y = scoreTicks(points.flat().map((point) => point.score));
  const key = runLegend(theme, pair.runs, [y]);
  const grid = singleFrame(theme, y, key.height);
  const count = Math.max(...points.map((own) => own.length));
  return {
    ...base(theme),
    grid,
    legend: key.legend,
    xAxis: xAxis(theme, {
      title: `MOS (0\u2013100), ${countText(points.map((own) => own.length))}`,
      ticks: x,
    }),
    yAxis: yAxis(theme, { title: 'Predicted score (0\u2013100)', ticks: y }),
    dataset: points.map((own, i) =>
      pointDataset(
        `points-${i}`,
        pointRows(own, (point) => [point.mos, point.score]),
      ),
    ),
    series: [
      line(theme, {
        data: [
          [0, 0],
          [100, 100],
        ],
        colour: theme.inkMuted,
        dash: 'dashed',
        weight: 0.6,
      }),
      ...pair.runs.map((run, i) => scatter(run, theme, `points-${i}`, count)),
      notes(theme, [
        {
          text: 'score = MOS',
          ...besideDiagonal(0, 100),
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
    columns: ['run', 'regime', 'image', 'mos_0_100', 'score_0_100', ...originColumns],
    rows: (found?.pair.runs ?? []).flatMap((run, i) =>
      (found?.points[i] ?? []).map((point) => [
        run.run.name,
        regimeText(run),
        point.name,
        point.mos,
        point.score,
        ...originOf(run),
      ]),
    ),
  };
}

const figure: FigureDef = {
  id: 'mos-prediction',
  title: 'Predicted score against MOS',
  paper: null,
  size: { widthIn: 3.25, heightIn: 2.9 },
  choices: ['pairId'],
  needs: (study, options) => missingInPair(study, options, needScores),
  toOption,
  toCsv,
  caption(study, options) {
    const found = drawn(study, options);
    if (!found) return '';
    const { pair, points } = found;
    const measured = pair.runs.map(cleanMeasures);
    const values = (pick: 'rmse' | 'srocc' | 'plcc'): string =>
      perRun(
        pair,
        measured.map((own) => measuredText(own[pick], 3)),
      );
    return sentences([
      takeaway(
        'the SROCC on clean images',
        '',
        pair,
        measured.map((own) => own.srocc),
        3,
      ),
      `Predicted score against MOS on unattacked images (${markerKey(pair)};`,
      `${countText(points.map((own) => own.length))}). SROCC ${values('srocc')};`,
      `PLCC (raw) ${values('plcc')}; RMSE ${values('rmse')}.`,
      ...coverageNotes(pair.runs.map((run) => ({ run, batch: run.scores }))),
      ...provenanceNotes(study, pair.runs),
    ]);
  },
  summary(study, options) {
    const found = drawn(study, options);
    if (!found) return 'No run is chosen.';
    const values = found.pair.runs.map((run) => {
      const own = cleanMeasures(run);
      return `SROCC ${measuredText(own.srocc, 2)} and RMSE ${measuredText(own.rmse, 1)} over ${own.n} images`;
    });
    return `Scatter of predicted scores against MOS. ${perRun(found.pair, values)}.`;
  },
  points: (study, options) =>
    (drawn(study, options)?.points ?? []).flat().map(({ imageId, runId, name, mos, score }) => ({
      imageId,
      runId,
      label: name,
      x: mos,
      y: score,
    })),
};

export default figure;
