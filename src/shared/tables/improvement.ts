import type { FigureOptions, Study } from '../domain/study';
import { paperImprovements } from '../paper/ablations';
import { paperModels, type PaperValue } from '../paper/models';
import type { Measured } from '../stats/measured';
import { fixed, listed } from '../study/format';
import { improvement, type Improvement } from '../study/improvement';
import { missingInStudy, needAttack } from '../study/missing';
import { coverageNotes, provenanceNotes, scoredNote } from '../study/notes';
import { unfairNotes } from '../study/same-settings';
import { attackOf, pairsOf, twinNames, type StudyPair } from '../study/select';
import { attackedRuns, type Attacked } from './lib/attacked';
import { paperColumns, paperNotes, paperPlaceOf, withPaper } from './lib/beside-paper';
import { arrow, notMeasured, type Better } from './lib/cells';
import type { Table, TableCell, TableDef, TableRow } from './lib/table';

const measures: readonly { id: 'rmse' | 'srocc'; name: string; better: Better }[] = [
  { id: 'rmse', name: 'RMSE', better: 'lower' },
  { id: 'srocc', name: 'SROCC', better: 'higher' },
];
const groups: readonly { id: keyof Improvement; name: string }[] = [
  { id: 'white', name: 'White-box' },
  { id: 'black', name: 'Black-box' },
  { id: 'overall', name: 'Overall' },
];
/** As many as the paper prints. */
const digits = 4;

function toTable(study: Study, options: FigureOptions): Table {
  const all = pairsOf(study);
  const pairs = all.filter(({ runs }) => runs.length === 2);
  const [attacks, others] = parted(attackedRuns(study, pairs, options));
  const rows = measures.flatMap(({ id, name, better }) => {
    const means = pairs.map((_, p) => improvement(attacks.map((attack) => twinsOf(attack, p, id))));
    return groups.map((group, i): TableRow => ({
      headers: [`Mean \u0394${name} ${arrow[better]}`, group.name],
      cells: pairs.flatMap((pair, p) => {
        const cell = cellOf(means[p]?.[group.id]);
        return options.paper ? withPaper([cell], [printed(pair, id, group.id)], digits) : [cell];
      }),
      ...(i === 0 && { startsPart: true }),
    }));
  });
  const columns = pairs.map(({ label }) => ({ groups: [], label, align: 'right' as const }));
  const beside = pairs.flatMap(({ label }) =>
    paperColumns([{ groups: [label], label: 'ours', align: 'right' }]),
  );
  const cells = rows.flatMap((row) => row.cells);
  const labels = attacks.map(({ label }) => label);
  return {
    id: 'improvement',
    caption:
      `Mean difference, ${twinNames(study.runs)} minus baseline, over attacks, measured between scores` +
      ' before and after the attack.',
    headers: ['Measure', 'Attacks'],
    columns: options.paper ? beside : columns,
    rows: pairs.length === 0 ? [] : rows,
    notes: [
      ...sides(attacks),
      ...(others.length === 0
        ? []
        : [
            `Not in the means (a control, or behind a defence): ${listed(others.map(({ label }) => label))}.`,
          ]),
      scoredNote(options.scored),
      ...unfairNotes(pairs, labels),
      ...(options.paper ? paperNotes(study, cells) : []),
      ...coverageNotes(
        labels.flatMap((label) => study.runs.map((run) => ({ run, batch: attackOf(run, label) }))),
      ),
      ...provenanceNotes(study, study.runs),
    ],
  };
}

/** Attacks on the model alone, which the means are over, and the others. */
function parted(all: readonly Attacked[]): [Attacked[], Attacked[]] {
  return [all.filter(({ plain }) => plain), all.filter(({ plain }) => !plain)];
}

function twinsOf(
  { blackBox, measures: own }: Attacked,
  pair: number,
  id: 'rmse' | 'srocc',
): { blackBox: boolean; base: number | null; twin: number | null } {
  const [base = null, twin = null] = (own[pair] ?? []).map(
    (each) => each?.beforeAfter[id].value ?? null,
  );
  return { blackBox, base, twin };
}

function cellOf(value: Measured | undefined): TableCell {
  if (value?.value == null) return { ...notMeasured, ...(value && { note: value.reason }) };
  return { text: fixed(value.value, digits), value: value.value };
}

function printed(
  pair: StudyPair,
  id: 'rmse' | 'srocc',
  group: keyof Improvement,
): PaperValue | null {
  const twin = pair.runs[1];
  const place = twin && paperPlaceOf(twin);
  if (!place) return null;
  const value = paperImprovements[id][group][paperModels.indexOf(place.model)];
  return value === undefined ? null : { value, source: 'Table S11' };
}

/** Which attacks each mean is over. */
function sides(attacks: readonly Attacked[]): string[] {
  const named = (blackBox: boolean): string =>
    listed(attacks.filter((each) => each.blackBox === blackBox).map(({ label }) => label)) ||
    'none';
  return [`White-box: ${named(false)}. Black-box: ${named(true)}.`];
}

const table: TableDef = {
  id: 'improvement',
  title: 'Mean improvement, white-box and black-box',
  paper: 'Table S11',
  choices: ['scored', 'paper'],
  needs: (study, options) => missingInStudy(study, needAttack(study.runs, options)),
  // One attack alone has no mean.
  toTable: (study, options) => toTable(study, { ...options, attack: undefined }),
};

export default table;
