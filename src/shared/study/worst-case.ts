import type { AttackRow } from '../domain/results';
import type { FigureOptions, StudyAttack, StudyRun } from '../domain/study';
import { attackLabels, attackOf, isPlainAttack } from './select';

/** The strongest of several attacks on every image of a run. */
export interface WorstCase {
  /** Of every image that all of the attacks reached: its row by the attack that moved its score most. */
  readonly rows: readonly AttackRow[];
  /** On how many of them each attack did most; equal changes count for the attack that comes first. */
  readonly wins: ReadonlyMap<string, number>;
  /** Images that some of the attacks did not reach, and that are therefore left out. */
  readonly leftOut: number;
}

/**
 * Per image the largest |score after - score before| over the attacks, whichever their direction. Only images that all
 * of them attacked are compared: otherwise an attack that was stopped early would lose where it never ran.
 *
 * @param labels attacks to choose from, by label; the run must have every one
 */
export function worstCase(
  run: StudyRun,
  labels: readonly string[],
  scored: FigureOptions['scored'],
): WorstCase {
  const batches = labels.map((label) => ({
    label,
    rows: new Map(attackOf(run, label)?.rows.map((row) => [row.imageId, row])),
  }));
  const wins = new Map(labels.map((label) => [label, 0]));
  const rows: AttackRow[] = [];
  let leftOut = 0;
  for (const { id } of run.images) {
    const own = batches.flatMap(({ label, rows: byImage }) => {
      const row = byImage.get(id);
      return row ? [{ label, row }] : [];
    });
    const [first, ...others] = own;
    if (!first || own.length < batches.length) {
      leftOut += own.length > 0 ? 1 : 0;
      continue;
    }
    const worst = others.reduce(
      (best, each) => (changeOf(each.row, scored) > changeOf(best.row, scored) ? each : best),
      first,
    );
    rows.push(worst.row);
    wins.set(worst.label, (wins.get(worst.label) ?? 0) + 1);
  }
  return { rows, wins, leftOut };
}

function changeOf(row: AttackRow, scored: FigureOptions['scored']): number {
  return Math.abs((scored === 'float' ? row.attackedFloat : row.attackedEightBit) - row.clean);
}

/**
 * Attacks that a worst case of these runs is taken over: those that every run has, on the bare model.
 */
export function comparableAttacks(runs: readonly StudyRun[]): string[] {
  return attackLabels(runs).filter((label) =>
    runs.every((run) => {
      const batch = attackOf(run, label);
      return batch !== null && isPlainAttack(batch) && batch.rows.length > 0;
    }),
  );
}

/** The largest L-infinity distance any image was moved by, over all batches; [0, 1] pixel units. */
export function reachOf(batches: readonly (Pick<StudyAttack, 'rows'> | null)[]): number {
  return batches
    .flatMap((batch) => batch?.rows ?? [])
    .reduce((largest, { linfFloat }) => Math.max(largest, linfFloat), 0);
}
