import type { FigureOptions, Study, StudyDefended, StudyRun } from '../domain/study';
import { mean } from '../stats/quantiles';
import { undefinedBecause, type Measured } from '../stats/measured';
import { defendedAttacks } from '../study/defended';
import { agreement, attackMeasures, type Agreement } from '../study/measures';
import { missingInStudy, needScores, type Missing } from '../study/missing';
import { coverageNotes, provenanceNotes, scoredNote } from '../study/notes';
import { attackPoints, scorePoints } from '../study/points';
import { attackOf, pairsOf, type StudyPair } from '../study/select';
import { arrow, pairCells, regimeName, undefinedNotes, type Better } from './lib/cells';
import type { Table, TableColumn, TableDef, TableRow } from './lib/table';

/** What a row states of a run; null where it was not measured. */
interface Row {
  readonly headers: readonly string[];
  readonly of: (run: StudyRun) => Values | null;
}

interface Values {
  readonly cleanSrocc: Measured;
  readonly srocc: Measured | null;
  readonly rmse: Measured | null;
  readonly width: Measured | null;
}

const columns: readonly { name: string; better: Better; id: keyof Values }[] = [
  { name: 'SROCC, unattacked', better: 'higher', id: 'cleanSrocc' },
  { name: 'SROCC, attacked', better: 'higher', id: 'srocc' },
  { name: 'RMSE, before & after', better: 'lower', id: 'rmse' },
  { name: 'width of the bounds', better: 'lower', id: 'width' },
];

function toTable(study: Study, options: FigureOptions): Table {
  const pairs = pairsOf(study);
  const runs = pairs.flatMap((pair) => pair.runs);
  const rows = [...cleanRows(runs), ...attackedRows(runs, options)];
  const body = rows.map(({ headers, of }, i): TableRow => {
    const above = rows[i - 1];
    return {
      headers,
      cells: pairs.flatMap((pair) => cellsOf(pair, of)),
      ...(above && above.headers[0] !== headers[0] && { startsPart: true }),
    };
  });
  return {
    id: 'defences',
    caption: 'Scores with a defence before the model, unattacked and under attack.',
    boldMeans: 'the better of the two',
    headers: ['Attack', 'Defence', 'Attack knows it'],
    columns: pairs.flatMap(columnsOf),
    rows: body,
    notes: [
      'Adaptive attacks were made against defence and model together: with the true gradient of a blur or a' +
        ' resize, past JPEG, median and quantisation as if they did nothing (straight-through), and with the mean' +
        ' gradient over noisy copies. Non-adaptive ones were made against the bare model; they flatter a defence.',
      'SROCC compares MOS with scores behind the defence. RMSE compares scores before and after the attack, both' +
        ' behind the defence.',
      ...(rows.some(({ of }) => runs.some((run) => of(run)?.width)) ? [widthNote(runs)] : []),
      ...placeNotes(runs),
      scoredNote(options.scored),
      ...undefinedNotes(body.flatMap(({ cells }) => cells)),
      ...coverageNotes(
        runs.flatMap((run) => [
          ...(run.defended ?? []).map((batch) => ({
            run,
            batch: { ...batch, spec: { limit: batch.spec.limit ?? null } },
          })),
          ...defendedAttacks([run]).map(({ label }) => ({ run, batch: attackOf(run, label) })),
        ]),
      ),
      ...provenanceNotes(study, study.runs),
    ],
  };
}

function columnsOf(pair: StudyPair): TableColumn[] {
  return columns.flatMap(({ name, better }) =>
    pair.runs.map((run) => ({
      groups: [pair.label, `${name} ${arrow[better]}`],
      label: regimeName(run),
      align: 'right' as const,
    })),
  );
}

function cellsOf(pair: StudyPair, of: Row['of']): TableRow['cells'] {
  const own = pair.runs.map(of);
  return columns.flatMap(({ id, better }) =>
    pairCells(
      own.map((each) => each && each[id]),
      3,
      better,
    ),
  );
}

function cleanRows(runs: readonly StudyRun[]): Row[] {
  const labels = [
    ...new Set(runs.flatMap(({ defended }) => defended ?? []).map(({ label }) => label)),
  ];
  const none: Row = {
    headers: ['none', 'none', '\u2013'],
    of: (run) => (run.scores ? ofScores(run, run.scores.rows) : null),
  };
  return labels.length === 0
    ? []
    : [
        none,
        ...labels.map((label): Row => ({
          headers: ['none', label, '\u2013'],
          of: (run) => {
            const batch = newest(run, label);
            return batch ? ofScores(run, batch.rows) : null;
          },
        })),
      ];
}

/** The newest of several batches of one defence, which differ in how many images they reach or in what it is given. */
function newest(run: StudyRun, label: string): StudyDefended | undefined {
  return run.defended?.findLast((batch) => batch.label === label);
}

function ofScores(run: StudyRun, rows: StudyDefended['rows']): Values {
  const points = scorePoints({ ...run, scores: { jobId: 0, complete: true, rows: [...rows] } });
  const bounds = rows.flatMap(({ certified }) => certified ?? []);
  return {
    cleanSrocc: against(points.map(({ mos, score }) => [mos, score])).srocc,
    srocc: null,
    rmse: null,
    width: bounds.length === 0 ? null : mean(bounds.map(({ low, high }) => high - low)),
  };
}

function attackedRows(runs: readonly StudyRun[], { scored }: FigureOptions): Row[] {
  return defendedAttacks(runs).map(({ attack, defence, knows, label }) => ({
    headers: [attack, defence, knows],
    of: (run) => {
      const batch = attackOf(run, label);
      if (!batch) return null;
      const { mosAfter, beforeAfter } = attackMeasures(run, batch, scored);
      const points = attackPoints(run, batch, scored);
      return {
        cleanSrocc: against(points.map(({ mos, before }) => [mos, before])).srocc,
        srocc: mosAfter.srocc,
        rmse: beforeAfter.rmse,
        width: null,
      };
    },
  }));
}

function against(points: readonly (readonly [number, number])[]): Pick<Agreement, 'srocc'> {
  if (points.length === 0) return { srocc: undefinedBecause('no images') };
  return agreement(
    points.map(([x]) => x),
    points.map(([, y]) => y),
  );
}

function widthNote(runs: readonly StudyRun[]): string {
  const rows = runs.flatMap(({ defended }) => (defended ?? []).flatMap((batch) => batch.rows));
  const without = rows.filter(({ certified }) => certified === null).length;
  const some = without > 0 ? ` ${without} scores have none.` : '';
  return (
    'The width of the bounds is the mean over images of the interval, in score points, that the score provably keeps' +
    ` under every change within the certified radius.${some}`
  );
}

/** Whether a defence met whole pictures or single views changes what it does. */
function placeNotes(runs: readonly StudyRun[]): string[] {
  const scores = runs.flatMap(({ defended }) => defended ?? []).map(({ spec }) => spec.defence?.on);
  const attacks = runs
    .flatMap((run) => run.attacks)
    .filter(({ spec }) => spec.defence)
    .map(({ spec }) => (spec.run['unit'] === 'image' ? 'picture' : 'views'));
  const places = new Set([...scores, ...attacks]);
  if (places.size === 0) return [];
  const [only] = places;
  if (places.size > 1)
    return [
      'Some defences were given whole pictures, others every view on its own: compare with care.',
    ];
  return [
    only === 'views'
      ? 'Defences were given every view on its own.'
      : 'Defences were given the whole picture, before its views were cut.',
  ];
}

const table: TableDef = {
  id: 'defences',
  title: 'Defences before the model',
  paper: null,
  choices: ['scored'],
  needs(study) {
    const missing = missingInStudy(study, needScores);
    const any = study.runs.some(
      ({ defended, attacks }) =>
        (defended ?? []).length > 0 || attacks.some(({ spec }) => spec.defence),
    );
    if (any || study.runs.length === 0) return missing;
    const none: Missing = {
      action: 'attack',
      runId: study.runs[0]?.run.id ?? null,
      reason: 'Nothing was scored or attacked behind a defence yet.',
    };
    return [...missing, none];
  },
  toTable,
};

export default table;
