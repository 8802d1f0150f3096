import type { Study } from '../domain/study';
import type { Measured } from '../stats/measured';
import { countText, fixed } from '../study/format';
import { normMeasures, type NormMeasures } from '../study/measures';
import { missingInStudy, needNorms } from '../study/missing';
import { coverageNotes, provenanceNotes } from '../study/notes';
import { pairsOf, twinNames, type StudyPair } from '../study/select';
import { arrow, notMeasured, pairCells, runColumns, undefinedNotes } from './lib/cells';
import type { Table, TableCell, TableColumn, TableDef } from './lib/table';

const rows: readonly { name: string; of: (own: NormMeasures) => Measured }[] = [
  { name: 'Mean', of: (own) => own.mean },
  { name: 'Median', of: (own) => own.median },
];

function toTable(study: Study): Table {
  const pairs = pairsOf(study);
  const measured = pairs.map((pair) =>
    pair.runs.map((run) => (run.norms ? normMeasures(run) : null)),
  );
  const body = rows.map(({ name, of }) => ({
    headers: [`${name} \u2113\u2081 norm ${arrow.lower}`],
    cells: measured.flatMap((own) => {
      const values = own.map((each) => each && of(each));
      const cells = pairCells(values, 1, 'lower');
      return own.length === 2 ? [...cells, reduction(values)] : cells;
    }),
  }));
  const estimates = {
    headers: ['Median relative error of the estimate'],
    startsPart: true,
    cells: measured.flatMap((own) => {
      const cells = own.map((each) => (each ? percentCell(each.medianRelativeError) : notMeasured));
      return own.length === 2 ? [...cells, { text: '', value: null }] : cells;
    }),
  };
  const counts = measured.flat().flatMap((own) => own?.n ?? []);
  return {
    id: 'norms',
    caption:
      '\u2113\u2081 norm of the gradient of the predicted score with respect to the pixels, baseline' +
      ` and ${twinNames(study.runs)}.`,
    boldMeans: 'the smaller of the two',
    headers: ['Over images'],
    columns: pairs.flatMap(columnsOf),
    rows: [...body, estimates],
    notes: [
      `${countText(counts)} images. Score points per unit of a pixel in [0, 1]; mean over an` +
        ' image\u2019s views. Estimate: the finite difference that NT penalises.',
      ...undefinedNotes([...body, estimates].flatMap((row) => row.cells)),
      ...coverageNotes(study.runs.map((run) => ({ run, batch: run.norms }))),
      ...provenanceNotes(study, study.runs),
    ],
  };
}

function columnsOf(pair: StudyPair): TableColumn[] {
  const columns = runColumns([pair]);
  const change: TableColumn = { groups: [pair.label], label: 'reduction', align: 'right' };
  return pair.runs.length === 2 ? [...columns, change] : columns;
}

/** How much smaller the twin's value is, in per cent of the baseline's; negative when it grew. */
function reduction([base, twin]: readonly (Measured | null)[]): TableCell {
  if (base?.value == null || twin?.value == null || base.value <= 0) return notMeasured;
  const share = 100 * (1 - twin.value / base.value);
  return { text: `${fixed(share, 1)} %`, value: share };
}

function percentCell(share: Measured): TableCell {
  return share.value === null
    ? { text: 'undefined', value: null, note: share.reason }
    : { text: `${fixed(100 * share.value, 1)} %`, value: 100 * share.value };
}

const table: TableDef = {
  id: 'norms',
  title: 'Gradient norms',
  paper: null,
  choices: [],
  needs: (study) => missingInStudy(study, needNorms),
  toTable,
};

export default table;
