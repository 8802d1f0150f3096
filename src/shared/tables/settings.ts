import { defenceText } from '../defence-text';
import type { FigureOptions, Study, StudyRun } from '../domain/study';
import type { ParamValue, ParamValues } from '../params';
import { missingInStudy } from '../study/missing';
import { provenanceNotes } from '../study/notes';
import { initialText } from '../weights/initial';
import { attackLabels, attackOf, pairsOf } from '../study/select';
import { runColumns } from './lib/cells';
import type { Table, TableCell, TableDef, TableRow } from './lib/table';

type Settings = Readonly<Record<string, ParamValue | null | undefined>>;

/** A part of the table: what it is called and where a run keeps its settings; null: it has none. */
interface Part {
  readonly name: string;
  readonly of: (run: StudyRun) => Settings | null;
}

const scaleText = { own: 'own', fitted: 'fitted on training images' } as const;

const parts: readonly Part[] = [
  {
    name: 'Data',
    of: ({ dataset, split }) => ({
      'data set': dataset.synthetic ? `${dataset.name} (synthetic)` : dataset.name,
      split: split.name,
      'images (train / validation / test)': [
        split.counts.train,
        split.counts.validation,
        split.counts.test,
      ].join(' / '),
    }),
  },
  {
    name: 'Model',
    of: ({ modelTitle, run }) => ({
      model: `${modelTitle}, version ${run.spec.modelVersion}`,
      parameters: run.parameterCount,
      ...run.spec.modelParams,
    }),
  },
  {
    name: 'Training',
    of: ({ run }) => ({
      'starts from': initialText(run.spec),
      ...run.spec.trainer,
      seed: run.spec.seed,
      ...(run.spec.imported
        ? { 'trained here': 'no, imported', 'scale of scores': scaleText[run.spec.imported.scale] }
        : { 'checkpoint selected on': run.selection, 'chosen epoch': run.selectedEpoch }),
      engine: run.engine,
    }),
  },
  { name: 'NT', of: ({ run }) => run.spec.nt },
  { name: 'Adversarial training', of: ({ run }) => run.spec.at ?? null },
];

function attackPart(label: string): Part {
  return {
    name: label,
    of: (run) => {
      const spec = attackOf(run, label)?.spec;
      if (!spec) return null;
      const { defence } = spec;
      const before = defence && {
        defence: defenceText(defence),
        'attack knows the defence': defence.adaptive,
      };
      return { ...spec.params, ...spec.run, seed: spec.seed, ...before };
    },
  };
}

function normsOf(run: StudyRun): ParamValues | null {
  return run.norms?.spec.params ?? null;
}

function toTable(study: Study, options: FigureOptions): Table {
  const pairs = pairsOf(study);
  const runs = pairs.flatMap((pair) => pair.runs);
  const labels = options.attack === undefined ? attackLabels(runs) : [options.attack];
  const all = [...parts, ...labels.map(attackPart), { name: 'Gradient norms', of: normsOf }];
  return {
    id: 'settings',
    caption: 'Training, attack and measurement settings as stored with each run.',
    headers: ['Part', 'Setting'],
    columns: runColumns(pairs, [], 'left'),
    rows: all.flatMap((part) => partRows(part, runs)),
    notes: [
      'Pixel quantities are in [0, 1]. A dash: the run has no such setting.',
      ...provenanceNotes(study, runs),
    ],
  };
}

function partRows(part: Part, runs: readonly StudyRun[]): TableRow[] {
  const settings = runs.map((run) => part.of(run));
  const ids = [...new Set(settings.flatMap((own) => Object.keys(own ?? {})))];
  return ids.map((id, i) => ({
    headers: [part.name, id],
    cells: settings.map((own) => cell(own?.[id])),
    ...(i === 0 && { startsPart: true }),
  }));
}

function cell(value: ParamValue | null | undefined): TableCell {
  if (value === null || value === undefined) return { text: '\u2013', value: null };
  if (typeof value === 'boolean')
    return { text: value ? 'yes' : 'no', value: value ? 'yes' : 'no' };
  return { text: String(value), value };
}

const table: TableDef = {
  id: 'settings',
  title: 'Settings',
  paper: 'Tables S5 and S7',
  choices: ['attack'],
  // Settings exist as soon as a run does.
  needs: (study) => missingInStudy(study, () => null),
  toTable,
};

export default table;
