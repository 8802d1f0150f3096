import type { FigureOptions, Study, StudyAttack, StudyRun } from '../domain/study';
import { paperLosses, type PaperLoss } from '../paper/ablations';
import type { Measured } from '../stats/measured';
import { fixed, measuredText } from '../study/format';
import { attackMeasures } from '../study/measures';
import { missingInPair, type Missing } from '../study/missing';
import { coverageNotes, provenanceNotes, scoredNote } from '../study/notes';
import { attackLabels, attackOf, chosenPair, isPlainAttack, runLabel } from '../study/select';
import { paperColumns, paperNotes, withPaper } from './lib/beside-paper';
import { notMeasured, runColumns, undefinedNotes } from './lib/cells';
import type { Table, TableCell, TableColumn, TableDef, TableRow } from './lib/table';

/** The stronger attack raises RMSE and lowers correlations: the arrows point the other way here. */
const measures = [
  { id: 'rmse', name: 'RMSE \u2191', stronger: 1 },
  { id: 'srocc', name: 'SROCC \u2193', stronger: -1 },
  { id: 'plcc', name: 'PLCC \u2193', stronger: -1 },
  { id: 'krocc', name: 'KROCC \u2193', stronger: -1 },
] as const;
const blocks = [
  { id: 'mosAfter', name: 'MOS & score after' },
  { id: 'beforeAfter', name: 'Score before & after' },
] as const;
/** In the order of the paper. */
const losses = ['mae', 'mse', 'mid'] as const;

/** Batches of one attack that differ in the loss alone: label per loss. */
function family(runs: readonly StudyRun[], options: FigureOptions): ReadonlyMap<string, string> {
  const families = new Map<string, Map<string, string>>();
  for (const label of attackLabels(runs)) {
    const batch = runs.map((run) => attackOf(run, label)).find((each) => each !== null);
    const loss = batch?.spec.params['loss'];
    if (!batch || typeof loss !== 'string') continue;
    const key = restOf(batch);
    const own = families.get(key) ?? new Map<string, string>();
    if (!own.has(loss)) own.set(loss, label);
    families.set(key, own);
  }
  const all = [...families.values()];
  const asked = all.find((own) => [...own.values()].includes(options.attack ?? ''));
  return asked ?? all.reduce((a, b) => (b.size > a.size ? b : a), new Map<string, string>());
}

function restOf({ spec }: StudyAttack): string {
  const { params, runId, ...rest } = spec;
  const kept = Object.entries(params).filter(([id]) => id !== 'loss');
  return JSON.stringify([{ ...rest, runId: 0 * runId }, kept]);
}

function toTable(study: Study, options: FigureOptions): Table {
  const pair = chosenPair(study, options);
  const runs = pair?.runs ?? [];
  const found = family(runs, options);
  const present = [
    ...losses.filter((loss) => found.has(loss)),
    ...[...found.keys()].filter((loss) => !losses.some((known) => known === loss)),
  ];
  const columns = (pair ? runColumns([pair]) : []).flatMap(({ groups, label, align }) =>
    measures.map(({ name }): TableColumn => ({ groups: [...groups, label], label: name, align })),
  );
  const rows = blocks.flatMap((block) => {
    const values = present.map((loss) =>
      runs.map((run) => {
        const batch = attackOf(run, found.get(loss) ?? null);
        return batch && attackMeasures(run, batch, options.scored)[block.id];
      }),
    );
    return present.map((loss, i): TableRow => ({
      headers: [block.name, loss],
      cells: runs.flatMap((run, r) =>
        measures.flatMap(({ id, stronger }) => {
          const column = values.map((own) => own[r]?.[id] ?? null);
          const cell = cellOf(column, i, stronger);
          if (!options.paper) return [cell];
          const theirs = printed(run, loss, found.get(loss) ?? null, block.id, id);
          return withPaper([cell], [theirs], 3);
        }),
      ),
      ...(i === 0 && { startsPart: true }),
    }));
  });
  const cells = rows.flatMap((row) => row.cells);
  const labels = present.flatMap((loss) => found.get(loss) ?? []);
  return {
    id: 'attack-loss',
    caption: 'Strength of an attack with different losses.',
    boldMeans: 'the strongest attack in a column',
    headers: ['Between', 'Loss'],
    columns: options.paper ? paperColumns(columns) : columns,
    rows,
    notes: [
      `Attacks: ${labels.join('; ')}. Larger RMSE and smaller correlations mean a stronger attack.`,
      'mae and mse have a gradient of zero at the original picture: without a random start one step' +
        ' of either does nothing.',
      scoredNote(options.scored),
      ...undefinedNotes(cells),
      ...(options.paper ? paperNotes(study, cells) : []),
      ...coverageNotes(
        labels.flatMap((label) => runs.map((run) => ({ run, batch: attackOf(run, label) }))),
      ),
      ...provenanceNotes(study, runs),
    ],
  };
}

/** Bold where no other row of the column is as strong as printed. */
function cellOf(column: readonly (Measured | null)[], i: number, stronger: 1 | -1): TableCell {
  const own = column[i];
  if (!own) return notMeasured;
  const text = measuredText(own, 3);
  const { value } = own;
  if (value === null) return { text, value: null, note: own.reason };
  const others = column.flatMap((each, k) => (k === i || each?.value == null ? [] : [each.value]));
  const strongest = others.every(
    (other) => stronger * (value - other) > 0 && fixed(other, 3) !== text,
  );
  return { text, value, ...(others.length > 0 && strongest && { bold: true }) };
}

/** The paper has this table for the baseline of DBCNN alone. */
function printed(
  study: StudyRun,
  loss: string,
  label: string | null,
  block: 'mosAfter' | 'beforeAfter',
  id: (typeof measures)[number]['id'],
) {
  const { run } = study;
  if (run.spec.modelId !== 'dbcnn' || run.regime !== 'baseline') return null;
  const batch = attackOf(study, label);
  if (!batch || !isPlainAttack(batch)) return null;
  if (!losses.some((known) => known === loss)) return null;
  return { value: paperLosses[loss as PaperLoss][block][id], source: 'Table S6' };
}

function needs(study: Study, options: FigureOptions): Missing[] {
  const pair = chosenPair(study, options);
  const found = family(pair?.runs ?? [], options);
  const [label] = found.values();
  const like = pair?.runs.map((run) => attackOf(run, label ?? null)).find((each) => each !== null);
  return missingInPair(study, options, (run) => {
    const lacking = losses.filter(
      (loss) => (attackOf(run, found.get(loss) ?? null)?.rows.length ?? 0) === 0,
    );
    if (lacking.length === 0) return null;
    const attackId = like?.spec.attackId ?? 'fgsm';
    return {
      action: 'attack',
      runId: run.run.id,
      reason: `${runLabel(run)} has not been attacked with the loss ${lacking.join(', ')}${like ? ` of ${like.title}` : ''}.`,
      attacks: lacking.map((loss) => ({ attackId, params: { ...like?.spec.params, loss } })),
    };
  });
}

const table: TableDef = {
  id: 'attack-loss',
  title: 'Loss of the attack',
  paper: 'Table S6',
  choices: ['pairId', 'attack', 'scored', 'paper'],
  needs,
  toTable,
};

export default table;
