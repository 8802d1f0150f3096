import type { FigureOptions, Study, StudyRun } from '../domain/study';
import { defaultRFloor } from '../stats/r-robustness';
import type { Measured } from '../stats/measured';
import { countText } from '../study/format';
import { attackMeasures, type AttackMeasures } from '../study/measures';
import { missingInStudy, needAttack } from '../study/missing';
import { coverageNotes, provenanceNotes, scoredNote } from '../study/notes';
import { shareNotes, unfairNotes } from '../study/same-settings';
import { attackLabels, attackOf, pairsOf, runLabelIn } from '../study/select';
import { arrow, blank, pairCells, runColumns, undefinedNotes, type Better } from './lib/cells';
import type { Table, TableDef, TableRow } from './lib/table';

type Block = 'mosAfter' | 'beforeAfter';

/** R compares scores before and after; it has no value in the block against MOS. */
const metrics: readonly {
  name: string;
  better: Better;
  of: (measures: AttackMeasures, block: Block) => Measured | null;
}[] = [
  { name: 'RMSE', better: 'lower', of: (own, block) => own[block].rmse },
  { name: 'SROCC', better: 'higher', of: (own, block) => own[block].srocc },
  { name: 'PLCC', better: 'higher', of: (own, block) => own[block].plcc },
  { name: 'KROCC', better: 'higher', of: (own, block) => own[block].krocc },
  { name: 'R', better: 'higher', of: (own, block) => (block === 'mosAfter' ? null : own.r.r) },
];

interface Attacked {
  readonly label: string;
  readonly blackBox: boolean;
  /** By pair, then by run of the pair; null where the run was not attacked so. */
  readonly measures: readonly (readonly (AttackMeasures | null)[])[];
}

function toTable(study: Study, options: FigureOptions): Table {
  const pairs = pairsOf(study);
  const labelOf: LabelOf = (run) => runLabelIn(pairs, run);
  const attacks = labelsOf(study, options).map((label): Attacked => {
    const batches = study.runs.map((run) => attackOf(run, label));
    return {
      label,
      blackBox: batches.some((batch) => batch?.access === 'black-box'),
      measures: pairs.map((pair) =>
        pair.runs.map((run) => {
          const batch = attackOf(run, label);
          return batch ? attackMeasures(run, batch, options.scored) : null;
        }),
      ),
    };
  });
  const body = metrics.flatMap(({ name, better, of }) =>
    attacks.map((attack, i): TableRow => {
      const block = (which: Block): TableRow['cells'] =>
        attack.measures.flatMap((own) => {
          if (name === 'R' && which === 'mosAfter') return own.map(() => blank);
          return pairCells(
            own.map((each) => each && of(each, which)),
            3,
            better,
          );
        });
      return {
        headers: [`${name} ${arrow[better]}`, attack.label + (attack.blackBox ? '*' : '')],
        cells: [...block('mosAfter'), ...block('beforeAfter')],
        ...(i === 0 && attacks.length > 1 && { startsPart: true }),
      };
    }),
  );
  const counts = attacks.flatMap(({ measures }) => measures.flat().flatMap((own) => own?.n ?? []));
  return {
    id: 'robustness',
    caption:
      'Accuracy and stability of predicted scores under attack, baseline and +NT: MOS against the' +
      ' score after the attack, and the score before against the score after.',
    boldMeans: 'the better of the two',
    headers: ['Metric', 'Attack'],
    columns: [
      ...runColumns(pairs, ['MOS & score after attack']),
      ...runColumns(pairs, ['Score before & after attack']),
    ],
    rows: body,
    notes: [
      scoredNote(options.scored),
      ...(attacks.some(({ blackBox }) => blackBox) ? ['* Black-box attack.'] : []),
      `${countText(counts)} images. RMSE in score points (0\u2013100); SROCC with average ranks;` +
        ' PLCC raw, without logistic fit; KROCC is tau-b.',
      rNote(study.runs, attacks, options, labelOf),
      ...shareNotes(pairs, labelsOf(study, options)),
      ...unfairNotes(pairs, labelsOf(study, options)),
      ...undefinedNotes(body.flatMap((row) => row.cells)),
      ...warningNotes(study.runs, attacks, labelOf),
      ...coverageNotes(
        attacks.flatMap(({ label }) =>
          study.runs.map((run) => ({ run, batch: attackOf(run, label) })),
        ),
      ),
      ...provenanceNotes(study, study.runs),
    ],
  };
}

function labelsOf(study: Study, options: FigureOptions): string[] {
  return options.attack === undefined ? attackLabels(study.runs) : [options.attack];
}

/** One unmoved image can dominate R, so the count of floored ones always stands beside it. */
function rNote(
  runs: readonly StudyRun[],
  attacks: readonly Attacked[],
  { scored }: FigureOptions,
  labelOf: LabelOf,
): string {
  const counts = attacks.flatMap(({ label }) =>
    runs.flatMap((run) => {
      const batch = attackOf(run, label);
      if (!batch) return [];
      const { floored, n } = attackMeasures(run, batch, scored).r;
      return floored > 0 ? [`${floored} of ${n} (${labelOf(run)}, ${label})`] : [];
    }),
  );
  return (
    `R is the mean of log10(max(100 \u2212 s, s) / |s \u2212 s\u2032|), s before and s\u2032 after; changes below` +
    ` ${defaultRFloor} points count as that. Images so floored: ${counts.join('; ') || 'none'}.`
  );
}

/** What the attack harness flagged: each sentence once, with the runs and attacks it holds for. */
function warningNotes(
  runs: readonly StudyRun[],
  attacks: readonly Attacked[],
  labelOf: LabelOf,
): string[] {
  const where = new Map<string, string[]>();
  for (const { label } of attacks) {
    for (const run of runs) {
      const warnings = attackOf(run, label)?.warnings ?? [];
      const byCode = new Map(warnings.map((warning) => [warning.code, warning.message]));
      for (const message of byCode.values()) {
        where.set(message, [...(where.get(message) ?? []), `${labelOf(run)}, ${label}`]);
      }
    }
  }
  return [...where].map(
    ([message, places]) => `Warning: ${message.replace(/\.?$/, '')} (${places.join('; ')}).`,
  );
}

type LabelOf = (run: StudyRun) => string;

const table: TableDef = {
  id: 'robustness',
  title: 'Robustness against attacks',
  paper: 'Tables 2 and 3',
  choices: ['attack', 'scored'],
  needs: (study, options) => missingInStudy(study, needAttack(study.runs, options)),
  toTable,
};

export default table;
