import type { FigureOptions, Study, StudyRun } from '../domain/study';
import { paperSteps } from '../paper/ablations';
import type { PaperValue } from '../paper/models';
import type { Measured } from '../stats/measured';
import { measuredText } from '../study/format';
import { attackMeasures, cleanMeasures } from '../study/measures';
import { missingInStudy, needAttack, needScores } from '../study/missing';
import { coverageNotes, provenanceNotes, scoredNote } from '../study/notes';
import { attackOf, chosenAttack, isPlainAttack } from '../study/select';
import { twinSweeps } from '../study/sweeps';
import { paperColumns, paperNotes, paperPlaceOf, withPaper } from './lib/beside-paper';
import { arrow, notMeasured, undefinedNotes, type Better } from './lib/cells';
import type { Table, TableCell, TableColumn, TableDef, TableRow } from './lib/table';

type Value = 'cleanSrocc' | 'cleanRmse' | 'attackedSrocc' | 'attackedRmse';

const lines: readonly { id: Value; part: string; name: string; better: Better }[] = [
  { id: 'cleanSrocc', part: 'Unattacked', name: 'SROCC', better: 'higher' },
  { id: 'cleanRmse', part: 'Unattacked', name: 'RMSE', better: 'lower' },
  { id: 'attackedSrocc', part: 'Attacked', name: 'SROCC', better: 'higher' },
  { id: 'attackedRmse', part: 'Attacked', name: 'RMSE', better: 'lower' },
];

function toTable(study: Study, options: FigureOptions): Table {
  const sweeps = twinSweeps(study, 'h', options.pairId);
  const attack = chosenAttack(study.runs, options);
  const twins = sweeps.flatMap(({ label, twins: own }) =>
    own.map(({ value, run }) => ({ label, h: value, run })),
  );
  const columns = twins.map(({ label, h }): TableColumn => ({
    groups: [label],
    label: `h = ${h}`,
    align: 'right',
  }));
  const rows = lines.map(({ id, part, name, better }, i): TableRow => ({
    headers: [part, `${name} ${arrow[better]}`],
    cells: twins.flatMap(({ h, run }) => {
      const cell = cellOf(valueOf(run, id, attack, options));
      return options.paper ? withPaper([cell], [printed(run, h, id, attack)], 3) : [cell];
    }),
    ...(i === 2 && { startsPart: true }),
  }));
  const cells = rows.flatMap((row) => row.cells);
  const runs = twins.map(({ run }) => run);
  const lambdas = [...new Set(runs.map(({ run }) => String(run.spec.nt?.['lambda'] ?? '')))];
  return {
    id: 'step-size',
    caption: 'Twins with different steps h of the finite difference, unattacked and attacked.',
    headers: ['Images', 'Metric'],
    columns: options.paper ? paperColumns(columns) : columns,
    rows: twins.length === 0 ? [] : rows,
    notes: [
      `Unattacked: MOS and score. Attacked: score before and after ${attack ?? 'the attack'}.` +
        ` \u03bb = ${lambdas.join(', ')}.`,
      scoredNote(options.scored),
      ...undefinedNotes(cells),
      ...(options.paper ? paperNotes(study, cells) : []),
      ...coverageNotes(runs.map((run) => ({ run, batch: attackOf(run, attack) }))),
      ...provenanceNotes(study, study.runs),
    ],
  };
}

function valueOf(
  run: StudyRun,
  id: Value,
  label: string | null,
  options: FigureOptions,
): Measured | null {
  const batch = attackOf(run, label);
  switch (id) {
    case 'cleanSrocc':
      return run.scores && cleanMeasures(run).srocc;
    case 'cleanRmse':
      return run.scores && cleanMeasures(run).rmse;
    case 'attackedSrocc':
      return batch && attackMeasures(run, batch, options.scored).beforeAfter.srocc;
    case 'attackedRmse':
      return batch && attackMeasures(run, batch, options.scored).beforeAfter.rmse;
  }
}

function cellOf(value: Measured | null): TableCell {
  if (!value) return notMeasured;
  const text = measuredText(value, 3);
  return value.value === null
    ? { text, value: null, note: value.reason }
    : { text, value: value.value };
}

/** The paper has this table for DBCNN and FGSM alone. */
function printed(run: StudyRun, h: number, id: Value, label: string | null): PaperValue | null {
  if (paperPlaceOf(run)?.model !== 'dbcnn') return null;
  const batch = attackOf(run, label);
  const attacked = id === 'attackedSrocc' || id === 'attackedRmse';
  if (attacked && !(batch && isPlainAttack(batch) && batch.spec.attackId === 'fgsm')) return null;
  return paperSteps.find((each) => each.h === h)?.[id] ?? null;
}

const table: TableDef = {
  id: 'step-size',
  title: 'Step h of the finite difference',
  paper: 'Table 4',
  choices: ['pairId', 'attack', 'scored', 'paper'],
  needs(study, options) {
    const sweeps = twinSweeps(study, 'h', options.pairId);
    const runs = sweeps.flatMap(({ twins }) => twins.map(({ run }) => run));
    const within = runs.length > 0 ? { ...study, runs } : study;
    const missing = [
      ...missingInStudy(within, needScores),
      ...within.runs.flatMap((run) => needAttack(within.runs, options)(run, study) ?? []),
    ];
    if (study.runs.length === 0 || sweeps.some(({ twins }) => twins.length > 1)) return missing;
    const reason =
      'A comparison of steps needs a baseline with two or more twins: train pairs that differ in h' +
      ' only, or choose them as well.';
    return [{ action: 'train', runId: null, reason }, ...missing];
  },
  toTable,
};

export default table;
