import type { FigureOptions, Study } from '../domain/study';
import { paperMeasure } from '../paper/measures';
import { bootstrap, difference, isInterval } from '../stats/bootstrap';
import type { Measured, Vector } from '../stats/measured';
import { rmse } from '../stats/rmse';
import { srocc } from '../stats/srocc';
import { countText, fixed } from '../study/format';
import { cleanMeasures, type Agreement } from '../study/measures';
import { missingInStudy, needScores } from '../study/missing';
import { coverageNotes, provenanceNotes } from '../study/notes';
import { scorePoints } from '../study/points';
import { pairsOf, twinNames, type StudyPair } from '../study/select';
import { paperColumns, paperNotes, paperPlaceOf, withPaper } from './lib/beside-paper';
import { arrow, pairCells, regimeName, runColumns, undefinedNotes, type Better } from './lib/cells';
import type { Table, TableDef } from './lib/table';

const rows: readonly { id: Exclude<keyof Agreement, 'n'>; name: string; better: Better }[] = [
  { id: 'rmse', name: 'RMSE', better: 'lower' },
  { id: 'srocc', name: 'SROCC', better: 'higher' },
  { id: 'plcc', name: 'PLCC', better: 'higher' },
  { id: 'krocc', name: 'KROCC', better: 'higher' },
];

const resamples = 1000;
/** Beyond this many images the interval is far narrower than any difference worth discussing. */
const maxBootstrapImages = 5000;

function toTable(study: Study, options: FigureOptions): Table {
  const pairs = pairsOf(study);
  const measured = pairs.map((pair) =>
    pair.runs.map((run) => (run.scores ? cleanMeasures(run) : null)),
  );
  const counts = measured.flat().flatMap((own) => own?.n ?? []);
  const body = rows.map(({ id, name, better }) => ({
    headers: [`${name} ${arrow[better]}`],
    cells: measured.flatMap((own, p) => {
      const values = own.map((each) => each && each[id]);
      const cells = pairCells(values, 3, better);
      if (!options.paper) return cells;
      const printed = (pairs[p]?.runs ?? []).map((run) => {
        const place = paperPlaceOf(run);
        return place && paperMeasure({ metric: id, block: 'clean', ...place });
      });
      return withPaper(cells, printed, 3);
    }),
  }));
  return {
    id: 'clean',
    caption: `Agreement of predicted scores with MOS on unattacked images, baseline and ${twinNames(study.runs)}.`,
    boldMeans: 'the better of the two',
    headers: ['Metric'],
    columns: options.paper ? paperColumns(runColumns(pairs)) : runColumns(pairs),
    rows: body,
    notes: [
      `${countText(counts)} images. RMSE in score points (0\u2013100); SROCC with average ranks;` +
        ' PLCC raw, without logistic fit; KROCC is tau-b.',
      ...pairs.flatMap(differenceNote),
      ...undefinedNotes(body.flatMap((row) => row.cells)),
      ...(options.paper
        ? paperNotes(
            study,
            body.flatMap((row) => row.cells),
          )
        : []),
      ...coverageNotes(study.runs.map((run) => ({ run, batch: run.scores }))),
      ...provenanceNotes(study, study.runs),
    ],
  };
}

/** How far twin and baseline differ, with what resampling the images does to that difference. */
function differenceNote(pair: StudyPair): string[] {
  const [base, twin] = pair.runs;
  if (!base || !twin) return [];
  const twinScores = new Map(scorePoints(twin).map((point) => [point.imageId, point.score]));
  const common = scorePoints(base).flatMap(({ imageId, mos, score }) => {
    const other = twinScores.get(imageId);
    return other === undefined ? [] : [{ mos, base: score, twin: other }];
  });
  const n = common.length;
  if (n === 0 || n > maxBootstrapImages) return [];
  const columns = (['mos', 'base', 'twin'] as const).map((id) =>
    Float64Array.from(common, (image) => image[id]),
  );
  const interval = (name: string, measure: (x: Vector, y: Vector) => Measured): string => {
    const result = bootstrap(
      n,
      (positions) => {
        const [mos = [], before = [], after = []] = columns.map((column) =>
          taken(column, positions),
        );
        return difference(measure(mos, after), measure(mos, before));
      },
      { seed: 1, resamples },
    );
    if (!isInterval(result)) return `${name} undefined`;
    const [estimate, low, high] = [result.estimate, result.low, result.high].map((value) =>
      fixed(value, 3),
    );
    return `${name} ${estimate} [${low}, ${high}]`;
  };
  return [
    `${pair.label}, ${regimeName(twin)} minus base with 95 % interval (paired bootstrap over images,` +
      ` ${resamples} resamples, seed 1): ${interval('RMSE', rmse)}, ${interval('SROCC', srocc)}.`,
  ];
}

function taken(column: Float64Array, positions: Uint32Array): Float64Array {
  const drawn = new Float64Array(positions.length);
  for (let i = 0; i < drawn.length; i++) drawn[i] = column[positions[i] ?? 0] ?? 0;
  return drawn;
}

const table: TableDef = {
  id: 'clean',
  title: 'Accuracy on unattacked images',
  paper: 'Table 1',
  choices: ['joined', 'paper'],
  needs: (study) => missingInStudy(study, needScores),
  toTable,
};

export default table;
