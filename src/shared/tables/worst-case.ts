import type { AttackRow } from '../domain/results';
import type { FigureOptions, Study, StudyRun } from '../domain/study';
import { fixed, listed } from '../study/format';
import { attackMeasures, type AttackMeasures } from '../study/measures';
import { missingInStudy, needAttack } from '../study/missing';
import { coverageNotes, provenanceNotes, scoredNote } from '../study/notes';
import { attackOf, pairsOf, runLabelIn, type StudyPair } from '../study/select';
import { comparableAttacks, reachOf, worstCase, type WorstCase } from '../study/worst-case';
import {
  arrow,
  notMeasured,
  pairCells,
  regimeName,
  undefinedNotes,
  type Better,
} from './lib/cells';
import type { Table, TableCell, TableColumn, TableDef, TableRow } from './lib/table';

/** Reaches closer than this, in grey levels, are one budget: rounding of float32 and of clipped pixels. */
const sameReach = 0.01;

const measures: readonly {
  readonly name: string;
  readonly better: Better;
  readonly of: (own: AttackMeasures) => AttackMeasures['meanChange'];
}[] = [
  { name: 'RMSE', better: 'lower', of: (own) => own.beforeAfter.rmse },
  { name: 'mean |\u0394|', better: 'lower', of: (own) => own.meanChange },
  { name: 'SROCC', better: 'higher', of: (own) => own.mosAfter.srocc },
  { name: 'R', better: 'higher', of: (own) => own.r.r },
];

interface Level {
  /** Grey levels. */
  readonly reach: number;
  readonly labels: readonly string[];
}

function toTable(study: Study, options: FigureOptions): Table {
  const pairs = pairsOf(study);
  const runs = [...new Set(pairs.flatMap((pair) => pair.runs))];
  const labels = comparableAttacks(runs);
  const all = new Map(runs.map((run) => [run, worstCase(run, labels, options.scored)]));
  // Every row is of the same pictures: a batch that reaches further would be averaged over others.
  const reached = new Map(
    [...all].map(([run, { rows }]) => [run, new Set(rows.map(({ imageId }) => imageId))]),
  );
  const shared = (run: StudyRun, rows: readonly AttackRow[]): AttackRow[] =>
    rows.filter(({ imageId }) => reached.get(run)?.has(imageId));
  const rowsOf = (run: StudyRun, label: string): AttackRow[] =>
    shared(run, attackOf(run, label)?.rows ?? []);
  const reaches = new Map(
    labels.map((label) => [
      label,
      255 * reachOf(runs.map((run) => ({ rows: rowsOf(run, label) }))),
    ]),
  );
  const levels = levelsOf(labels, reaches);
  const single = labels.map((label): TableRow => ({
    headers: [label, reachText(reaches.get(label) ?? 0)],
    cells: pairs.flatMap((pair) =>
      cellsOf(pair, options, (run) => rowsOf(run, label)).concat(
        pair.runs.map((run) => share(all.get(run), label)),
      ),
    ),
  }));
  const worst = levels.map(({ reach, labels: within }, i): TableRow => ({
    headers: [
      i === levels.length - 1
        ? `Worst of all ${labels.length}`
        : `Worst of ${within.length} within`,
      reachText(reach),
    ],
    cells: pairs.flatMap((pair) =>
      cellsOf(pair, options, (run) =>
        shared(run, worstCase(run, within, options.scored).rows),
      ).concat(pair.runs.map(() => ({ text: '', value: null }))),
    ),
    ...(i === 0 && { startsPart: true }),
  }));
  return {
    id: 'worst-case',
    caption:
      'Every attack on its own, and per image the worst of them: the one that moves its score most.',
    boldMeans: 'the better of the two',
    headers: ['Attack', 'Largest change of a pixel'],
    columns: pairs.flatMap(columnsOf),
    rows: labels.length === 0 ? [] : [...single, ...worst],
    notes: [
      ...setNotes(study, runs, labels),
      ...(levels.length > 1 ? [budgetNote(levels)] : []),
      `RMSE, mean |\u0394| and R compare the score before and after; SROCC compares MOS with the score` +
        ' after. "Worst on" is the share of images on which an attack moved the score most of all.',
      'The largest change of a pixel is measured, in grey levels, over the images in this table.',
      scoredNote(options.scored),
      ...leftOutNotes(pairs, all),
      ...undefinedNotes([...single, ...worst].flatMap(({ cells }) => cells)),
      ...coverageNotes(
        labels.flatMap((label) => runs.map((run) => ({ run, batch: attackOf(run, label) }))),
      ),
      ...provenanceNotes(study, study.runs),
    ],
  };
}

function columnsOf(pair: StudyPair): TableColumn[] {
  const names = [...measures.map(({ name, better }) => `${name} ${arrow[better]}`), 'worst on'];
  return names.flatMap((name) =>
    pair.runs.map((run) => ({
      groups: [pair.label, name],
      label: regimeName(run),
      align: 'right' as const,
    })),
  );
}

function cellsOf(
  pair: StudyPair,
  { scored }: FigureOptions,
  rowsOf: (run: StudyRun) => AttackRow[],
): TableCell[] {
  const own = pair.runs.map((run) => attackMeasures(run, { rows: rowsOf(run) }, scored));
  return measures.flatMap(({ of, better }) => pairCells(own.map(of), 3, better));
}

function share(worst: WorstCase | undefined, label: string): TableCell {
  if (!worst || worst.rows.length === 0) return notMeasured;
  const value = (100 * (worst.wins.get(label) ?? 0)) / worst.rows.length;
  return { text: `${fixed(value, 0)} %`, value };
}

/** For every budget the attacks within it, the smallest first; only where that adds an attack to compare. */
function levelsOf(labels: readonly string[], reaches: ReadonlyMap<string, number>): Level[] {
  const distinct: number[] = [];
  for (const reach of [...reaches.values()].sort((a, b) => a - b)) {
    const last = distinct.at(-1);
    if (last === undefined || reach - last > sameReach) distinct.push(reach);
    else distinct[distinct.length - 1] = reach;
  }
  return distinct
    .map((reach) => ({
      reach,
      labels: labels.filter((label) => (reaches.get(label) ?? 0) <= reach),
    }))
    .filter((level, i) => level.labels.length > 1 || i === distinct.length - 1);
}

function reachText(greyLevels: number): string {
  return `${fixed(greyLevels, 2)}/255`;
}

function setNotes(study: Study, runs: readonly StudyRun[], labels: readonly string[]): string[] {
  const stored = [...new Set(runs.flatMap(({ attacks }) => attacks.map(({ label }) => label)))];
  const others = stored.filter((label) => !labels.includes(label));
  const of = study.runs.length === 1 ? 'the run' : 'all runs';
  const set =
    labels.length === 0
      ? `No attack on the bare model was run on ${of}.`
      : `Worst case over ${labels.length === 1 ? 'one attack' : `${labels.length} attacks`} run on ${of}: ${listed(labels)}.`;
  return others.length === 0
    ? [set]
    : [set, `Not in it (a control, behind a defence, or not run on ${of}): ${listed(others)}.`];
}

function budgetNote(levels: readonly Level[]): string {
  const smallest = levels[0]?.labels.length ?? 0;
  return (
    'The attacks did not have one budget: the worst of all is mostly that of the largest. Attacks' +
    ` within the same budget are compared in a row of their own${smallest > 1 ? '' : ' where there are two'}.`
  );
}

function leftOutNotes(
  pairs: readonly StudyPair[],
  all: ReadonlyMap<StudyRun, WorstCase>,
): string[] {
  const parts = [...all].flatMap(([run, { leftOut }]) =>
    leftOut > 0 ? [`${leftOut} of ${runLabelIn(pairs, run)}`] : [],
  );
  return parts.length === 0
    ? []
    : [`Images that not every attack reached are left out of all rows: ${parts.join('; ')}.`];
}

const table: TableDef = {
  id: 'worst-case',
  title: 'Worst case over all attacks',
  paper: null,
  choices: ['scored'],
  needs: (study) => missingInStudy(study, needAttack(study.runs, { scored: 'float' })),
  toTable,
};

export default table;
