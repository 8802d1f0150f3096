import type { Fidelity, AttackRow } from '../domain/results';
import type { FigureOptions, Study, StudyRun } from '../domain/study';
import { mean } from '../stats/quantiles';
import { fixed } from '../study/format';
import { missingInStudy, needAttack } from '../study/missing';
import { coverageNotes, provenanceNotes } from '../study/notes';
import { attackLabels, attackOf, pairsOf } from '../study/select';
import { perceptualMeasures } from '../weights/measures';
import { notMeasured, runColumns } from './lib/cells';
import type { Table, TableCell, TableDef, TableRow } from './lib/table';

type Measures = Partial<Fidelity> & { readonly linf: number };

interface Measure {
  readonly name: string;
  readonly digits: number;
  /** Undefined where it was not recorded; null where it has no value for this picture. */
  readonly of: (measures: Measures) => number | null | undefined;
}

const linf: Measure = { name: 'L\u221e', digits: 4, of: (own) => own.linf };
const l2: Measure = { name: 'L2', digits: 3, of: (own) => own.l2 };
const psnr: Measure = { name: 'PSNR, dB', digits: 2, of: (own) => own.psnr };
const perceptual: readonly Measure[] = perceptualMeasures.map(({ id, title }) => ({
  name: title,
  digits: 4,
  of: (own) => own.perceptual?.[id],
}));

/** The picture as it was scored, or as it was saved. */
function measuresOf(row: AttackRow, scored: FigureOptions['scored']): Measures {
  if (scored === 'float') return { ...row, linf: row.linfFloat };
  return { ...row.saved, linf: row.linfEightBit };
}

function toTable(study: Study, options: FigureOptions): Table {
  const pairs = pairsOf(study);
  const runs = pairs.flatMap((pair) => pair.runs);
  const labels = options.attack === undefined ? attackLabels(runs) : [options.attack];
  const measures = [...ssimOf(runs), psnr, l2, linf, ...perceptual];
  const rows = labels.flatMap((label) =>
    measures
      .map((measure) => ({
        measure,
        cells: runs.map((run) => cell(run, label, measure, options.scored)),
      }))
      // A distance whose files were not there is no row of dashes.
      .filter(({ measure, cells }) => !perceptual.includes(measure) || cells.some(hasValue))
      .map(({ measure, cells }, i): TableRow => ({
        headers: [label, measure.name],
        cells,
        ...(i === 0 && { startsPart: true }),
      })),
  );
  return {
    id: 'fidelity',
    caption: 'How far attacked pictures are from their originals: means over the images.',
    headers: ['Attack', 'Measure'],
    columns: runColumns(pairs),
    rows,
    notes: [
      options.scored === 'float'
        ? 'Of the pictures as they were scored, before rounding to 8 bit.'
        : 'Of the pictures as saved in 8 bit.',
      'Pixels in [0, 1]. Measured on what was attacked, each view or the whole picture, and averaged;' +
        ' L\u221e is the largest of a picture, then averaged. Unchanged pictures have no PSNR and are left out of it.',
      'SSIM by variant: ssim-piq is downsampled first, ssim-full is not.',
      ...coverageNotes(
        labels.flatMap((label) => runs.map((run) => ({ run, batch: attackOf(run, label) }))),
      ),
      ...provenanceNotes(study, study.runs),
    ],
  };
}

/** The variants of SSIM that were recorded, in the order in which they first appear. */
function ssimOf(runs: readonly StudyRun[]): Measure[] {
  const rows = runs.flatMap(({ attacks }) => attacks.flatMap((attack) => attack.rows));
  const names = [...new Set(rows.flatMap(({ ssim }) => Object.keys(ssim)))];
  return names.map((name) => ({ name, digits: 4, of: (own) => own.ssim?.[name] }));
}

function cell(
  run: StudyRun,
  label: string,
  { digits, of }: Measure,
  scored: FigureOptions['scored'],
): TableCell {
  const rows = attackOf(run, label)?.rows ?? [];
  const values = rows.flatMap((row) => of(measuresOf(row, scored)) ?? []);
  const { value } = mean(values);
  return value === null ? notMeasured : { text: fixed(value, digits), value };
}

function hasValue({ value }: TableCell): boolean {
  return value !== null;
}

const table: TableDef = {
  id: 'fidelity',
  title: 'Likeness of attacked pictures',
  paper: null,
  choices: ['attack', 'scored'],
  needs: (study, options) => missingInStudy(study, needAttack(study.runs, options)),
  toTable,
};

export default table;
