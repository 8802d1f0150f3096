import type { FigureOptions, Study, StudyAttack } from '../domain/study';
import { words, type ParamValues } from '../params';
import { missingInStudy, needAttack } from '../study/missing';
import { provenanceNotes } from '../study/notes';
import { attackLabels, attackOf } from '../study/select';
import type { Table, TableDef, TableRow } from './lib/table';

const columns = ['Hyperparameters', 'Run', 'Seed', 'Access'];

function toTable(study: Study, options: FigureOptions): Table {
  const labels = options.attack === undefined ? attackLabels(study.runs) : [options.attack];
  const rows = labels.flatMap((label): TableRow[] => {
    const batch = study.runs.map((run) => attackOf(run, label)).find((each) => each !== null);
    return batch ? [rowOf(batch)] : [];
  });
  return {
    id: 'attack-settings',
    caption: 'Hyperparameters of the attacks, as stored with each batch.',
    headers: ['Attack'],
    columns:
      study.runs.length === 0 ? [] : columns.map((label) => ({ groups: [], label, align: 'left' })),
    rows,
    notes: [
      ...(rows.some(({ headers }) => headers[0]?.endsWith('*')) ? ['* Black-box attack.'] : []),
      'Pixel quantities are in [0, 1]: 1/255 is one grey level. Runs that share a label were attacked' +
        ' with the same settings.',
      ...provenanceNotes(study, study.runs),
    ],
  };
}

function rowOf(batch: StudyAttack): TableRow {
  const { spec, label, access } = batch;
  const params = listOf(spec.params);
  const run = listOf(spec.run);
  return {
    headers: [label + (access === 'black-box' ? '*' : '')],
    cells: [
      { text: params, value: params },
      { text: run, value: run },
      { text: String(spec.seed), value: spec.seed },
      { text: access, value: access },
    ],
  };
}

function listOf(values: ParamValues): string {
  return Object.entries(values)
    .map(([id, value]) => `${words(id)} ${String(value)}`)
    .join(', ');
}

const table: TableDef = {
  id: 'attack-settings',
  title: 'Hyperparameters of attacks',
  paper: 'Table S7',
  choices: ['attack'],
  needs: (study, options) => missingInStudy(study, needAttack(study.runs, options)),
  toTable,
};

export default table;
