import type { Study, StudyRun } from '../../domain/study';
import {
  paperAttacks,
  paperModels,
  type PaperAttack,
  type PaperModel,
  type PaperValue,
} from '../../paper/models';
import { fixed } from '../../study/format';
import { twinKind } from '../../twin';
import { blank } from './cells';
import type { TableCell, TableColumn } from './table';

/** Marks a printed value that is probably wrong; the reason stands in the notes. */
const doubtMark = '\u2020';

/** The paper's attack of a stored one; null where the paper has none like it, as behind a defence. */
export function paperAttackOf(attack: {
  readonly attackId: string;
  /** On the model alone. */
  readonly plain: boolean;
}): PaperAttack | null {
  const { attackId, plain } = attack;
  return plain ? (paperAttacks.find((id) => id === attackId) ?? null) : null;
}

/** Where a run's numbers stand in the paper's tables; null for a model or a twin it does not have. */
export function paperPlaceOf({ run }: StudyRun): { model: PaperModel; twin: boolean } | null {
  const model = paperModels.find((id) => id === run.spec.modelId);
  const twin = run.regime === 'nt';
  if (!model || (twin && twinKind(run.spec) !== 'nt')) return null;
  return { model, twin };
}

/** Two columns more for every one: the printed value, and ours minus it. */
export function paperColumns(columns: readonly TableColumn[]): TableColumn[] {
  return columns.flatMap((column) => [
    column,
    { ...column, label: 'paper' },
    { ...column, label: '\u0394' },
  ]);
}

/** Each of our cells followed by the printed one and the difference. */
export function withPaper(
  cells: readonly TableCell[],
  printed: readonly (PaperValue | null)[],
  digits: number,
): TableCell[] {
  return cells.flatMap((cell, i) => {
    const value = printed[i] ?? null;
    if (!value) return [cell, blank, blank];
    const text = `${fixed(value.value, digits)}${value.doubt === undefined ? '' : doubtMark}`;
    const theirs: TableCell = {
      text,
      value: value.value,
      ...(value.doubt !== undefined && { note: value.doubt, doubtful: true }),
    };
    if (typeof cell.value !== 'number') return [cell, theirs, blank];
    const gap = cell.value - value.value;
    return [cell, theirs, { text: fixed(gap, digits), value: gap }];
  });
}

/** What a reader must know before setting our numbers beside the paper's. */
export function paperNotes(study: Study, cells: readonly TableCell[]): string[] {
  const doubts = cells.flatMap(({ doubtful, note }) =>
    doubtful && note !== undefined ? [note] : [],
  );
  const others = [...new Set(study.runs.map(({ dataset }) => dataset.name))].join(', ');
  return [
    'Paper: as printed by Liu et al. (CVPR 2024) for LIVE In the Wild, 232 test images;' +
      ` \u0394 is ours (${others}) minus theirs. Splits, epochs and settings differ unless they were made the same.`,
    ...[...new Set(doubts)].map((doubt) => `${doubtMark} Doubtful in the paper: ${doubt}.`),
  ];
}
