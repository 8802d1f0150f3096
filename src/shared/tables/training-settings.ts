import type { Study, StudyRun } from '../domain/study';
import type { ParamValue } from '../params';
import { missingInStudy } from '../study/missing';
import { provenanceNotes } from '../study/notes';
import { pairsOf, runLabelIn } from '../study/select';
import type { Table, TableCell, TableDef } from './lib/table';

/** A column, and the names under which the models keep what it shows. */
const columns: readonly { readonly label: string; readonly ids: readonly string[] }[] = [
  { label: 'Architecture', ids: ['trunk', 'variant'] },
  { label: 'Input size', ids: ['crop', 'pictureSize', 'input'] },
  { label: 'Views per image', ids: ['trainViews'] },
  { label: 'Batch size', ids: ['batchSize'] },
  { label: '\u03bb', ids: ['lambda'] },
  { label: 'h', ids: ['h'] },
  { label: 'Seed', ids: ['seed'] },
];

function toTable(study: Study): Table {
  const pairs = pairsOf(study);
  const runs = [...new Set(pairs.flatMap((pair) => pair.runs))];
  return {
    id: 'training-settings',
    caption: 'Training settings of the models and their twins, as stored with each run.',
    headers: ['Model'],
    columns:
      runs.length === 0 ? [] : headings.map((label) => ({ groups: [], label, align: 'left' })),
    rows: runs.map((run) => ({
      headers: [runLabelIn(pairs, run)],
      cells: [...columns.map(({ ids }) => cell(valueOf(run, ids))), cell(run.run.epochsTotal)],
    })),
    notes: [
      'A dash: the run has no such setting. Every setting stands in the table Settings.',
      ...provenanceNotes(study, runs),
    ],
  };
}

const headings = [...columns.map(({ label }) => label), 'Training epochs'];

function valueOf({ run }: StudyRun, ids: readonly string[]): ParamValue | undefined {
  const { modelParams, trainer, nt, seed } = run.spec;
  const all: Readonly<Record<string, ParamValue>> = { ...modelParams, ...trainer, ...nt, seed };
  return ids.map((id) => all[id]).find((value) => value !== undefined);
}

function cell(value: ParamValue | undefined): TableCell {
  if (value === undefined) return { text: '\u2013', value: null };
  return { text: String(value), value: typeof value === 'boolean' ? String(value) : value };
}

const table: TableDef = {
  id: 'training-settings',
  title: 'Training settings',
  paper: 'Table S5',
  choices: [],
  // Settings exist as soon as a run does.
  needs: (study) => missingInStudy(study, () => null),
  toTable,
};

export default table;
