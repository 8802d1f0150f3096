import type { FigureOptions, Study, StudyRun } from '../../domain/study';
import { paperMeasure } from '../../paper/measures';
import type { PaperMetric } from '../../paper/models';
import type { Measured } from '../../stats/measured';
import { defaultRFloor } from '../../stats/r-robustness';
import { countText } from '../../study/format';
import { attackMeasures, type AttackMeasures } from '../../study/measures';
import { missingInStudy, needAttack } from '../../study/missing';
import { coverageNotes, provenanceNotes, scoredNote } from '../../study/notes';
import { shareNotes, unfairNotes } from '../../study/same-settings';
import {
  attackLabels,
  attackOf,
  isPlainAttack,
  pairsOf,
  runLabelIn,
  twinNames,
  type StudyPair,
} from '../../study/select';
import { paperAttackOf, paperColumns, paperNotes, paperPlaceOf, withPaper } from './beside-paper';
import { arrow, blank, pairCells, runColumns, undefinedNotes, type Better } from './cells';
import type { Table, TableCell, TableDef, TableRow } from './table';

type Block = 'mosAfter' | 'beforeAfter';

/** R compares scores before and after; it has no value in the block against MOS. */
const metrics: Readonly<
  Record<
    PaperMetric,
    { name: string; better: Better; of: (own: AttackMeasures, block: Block) => Measured }
  >
> = {
  rmse: { name: 'RMSE', better: 'lower', of: (own, block) => own[block].rmse },
  srocc: { name: 'SROCC', better: 'higher', of: (own, block) => own[block].srocc },
  plcc: { name: 'PLCC', better: 'higher', of: (own, block) => own[block].plcc },
  krocc: { name: 'KROCC', better: 'higher', of: (own, block) => own[block].krocc },
  r: { name: 'R', better: 'higher', of: (own) => own.r.r },
};

/** One attack as every run of the study met it. */
export interface Attacked {
  readonly label: string;
  readonly attackId: string;
  readonly blackBox: boolean;
  /** False for a control and behind a defence. */
  readonly plain: boolean;
  /** By pair, then by run of the pair; null where the run was not attacked so. */
  readonly measures: readonly (readonly (AttackMeasures | null)[])[];
}

/** The attacks of a study, or the one asked for, measured on every run of these pairs. */
export function attackedRuns(
  study: Study,
  pairs: readonly StudyPair[],
  options: FigureOptions,
): Attacked[] {
  return labelsOf(study, options).map((label): Attacked => {
    const batches = study.runs.map((run) => attackOf(run, label));
    return {
      label,
      attackId: batches.find((batch) => batch !== null)?.spec.attackId ?? '',
      blackBox: batches.some((batch) => batch?.access === 'black-box'),
      plain: batches.every((batch) => batch === null || isPlainAttack(batch)),
      measures: pairs.map((pair) =>
        pair.runs.map((run) => {
          const batch = attackOf(run, label);
          return batch ? attackMeasures(run, batch, options.scored) : null;
        }),
      ),
    };
  });
}

/** What a table of attacked runs shows and how it introduces itself. */
export interface AttackTable extends Pick<TableDef, 'id' | 'title' | 'paper'> {
  readonly caption: string;
  /** One: a row per attack. Several: a part per measure. */
  readonly metrics: readonly PaperMetric[];
}

/** A table of measures under attack in the form of the paper's Tables 2, 3 and S8 to S10. */
export function attackTable(form: AttackTable): TableDef {
  return {
    id: form.id,
    title: form.title,
    paper: form.paper,
    choices: ['attack', 'scored', 'joined', 'paper'],
    needs: (study, options) => missingInStudy(study, needAttack(study.runs, options)),
    toTable: (study, options) => made(form, study, options),
  };
}

function made(form: AttackTable, study: Study, options: FigureOptions): Table {
  const pairs = pairsOf(study);
  const attacks = attackedRuns(study, pairs, options);
  const alone = form.metrics.length === 1;
  const blocks = form.metrics.every((id) => id === 'r')
    ? (['beforeAfter'] as const)
    : (['mosAfter', 'beforeAfter'] as const);
  const rows = form.metrics.flatMap((id) =>
    attacks.map((attack, i): TableRow => {
      const { name, better } = metrics[id];
      const label = attack.label + (attack.blackBox ? '*' : '');
      return {
        headers: alone ? [label] : [`${name} ${arrow[better]}`, label],
        cells: blocks.flatMap((block) => blockCells(pairs, attack, id, block, options)),
        ...(i === 0 && attacks.length > 1 && !alone && { startsPart: true }),
      };
    }),
  );
  const headings = {
    mosAfter: 'MOS & score after attack',
    beforeAfter: 'Score before & after attack',
  };
  const columns = blocks.flatMap((block) =>
    runColumns(pairs, alone && blocks.length === 1 ? [] : [headings[block]]),
  );
  const counts = attacks.flatMap(({ measures }) => measures.flat().flatMap((own) => own?.n ?? []));
  const labels = attacks.map(({ label }) => label);
  const labelOf: LabelOf = (run) => runLabelIn(pairs, run);
  return {
    id: form.id,
    // Captions are written for +NT; a twin may add something else.
    caption: form.caption.replace('+NT', twinNames(study.runs)),
    boldMeans: 'the better of the two',
    headers: alone ? ['Attack'] : ['Metric', 'Attack'],
    columns: options.paper ? paperColumns(columns) : columns,
    rows,
    notes: [
      scoredNote(options.scored),
      ...(attacks.some(({ blackBox }) => blackBox) ? ['* Black-box attack.'] : []),
      `${countText(counts)} images. RMSE in score points (0\u2013100); SROCC with average ranks;` +
        ' PLCC raw, without logistic fit; KROCC is tau-b.',
      ...(form.metrics.includes('r') ? [rNote(study.runs, attacks, options, labelOf)] : []),
      ...shareNotes(pairs, labels),
      ...unfairNotes(pairs, labels),
      ...undefinedNotes(rows.flatMap((row) => row.cells)),
      ...(options.paper
        ? paperNotes(
            study,
            rows.flatMap((row) => row.cells),
          )
        : []),
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

/** Cells of one measure in one block; with the paper's beside them where that is asked. */
function blockCells(
  pairs: readonly StudyPair[],
  attack: Attacked,
  id: PaperMetric,
  block: Block,
  options: FigureOptions,
): TableCell[] {
  const { better, of } = metrics[id];
  return pairs.flatMap((pair, p) => {
    const own = attack.measures[p] ?? [];
    if (id === 'r' && block === 'mosAfter') {
      const empty = pair.runs.map(() => blank);
      return options.paper ? withPaper(empty, [], 3) : empty;
    }
    const cells = pairCells(
      own.map((each) => each && of(each, block)),
      3,
      better,
    );
    if (!options.paper) return cells;
    const paperAttack = paperAttackOf(attack);
    const printed = pair.runs.map((run) => {
      const place = paperPlaceOf(run);
      return paperAttack && place
        ? paperMeasure({ metric: id, block, attack: paperAttack, ...place })
        : null;
    });
    return withPaper(cells, printed, 3);
  });
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
