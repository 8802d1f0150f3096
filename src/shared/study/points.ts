import type { FigureOptions, StudyAttack, StudyRun } from '../domain/study';

/** Image and run a drawn point stands for: what a click or an arrow key selects. */
export interface PointId {
  readonly imageId: number;
  readonly runId: number;
}

export interface ScorePoint extends PointId {
  readonly name: string;
  readonly mos: number;
  readonly score: number;
}

export interface AttackPoint extends PointId {
  readonly name: string;
  readonly mos: number;
  readonly before: number;
  readonly after: number;
}

export interface NormPoint extends PointId {
  readonly name: string;
  readonly exact: number;
  readonly estimate: number;
}

/** Per-image scores with their MOS, lab scale, in the order of the data set. */
export function scorePoints(run: StudyRun): ScorePoint[] {
  return joined(run, run.scores?.rows ?? [], (row) => ({ score: row.score }));
}

/** Scores before and after an attack; `scored` chooses the float image or the one saved in 8 bit. */
export function attackPoints(
  run: StudyRun,
  attack: Pick<StudyAttack, 'rows'> | null,
  scored: FigureOptions['scored'],
): AttackPoint[] {
  return joined(run, attack?.rows ?? [], (row) => ({
    before: row.clean,
    after: scored === 'float' ? row.attackedFloat : row.attackedEightBit,
  }));
}

/** Gradient norms per image, score points per unit of a [0, 1] pixel. */
export function normPoints(run: StudyRun): NormPoint[] {
  return joined(run, run.norms?.rows ?? [], ({ exact, estimate }) => ({ exact, estimate }));
}

/** Rows arrive in the order they were computed; images give them their place, name and rating. */
function joined<Row extends { imageId: number }, Values extends object>(
  run: StudyRun,
  rows: readonly Row[],
  valuesOf: (row: Row) => Values,
): (PointId & { name: string; mos: number } & Values)[] {
  const byImage = new Map(rows.map((row) => [row.imageId, row]));
  return run.images.flatMap((image) => {
    const row = byImage.get(image.id);
    if (!row) return [];
    const point = { imageId: image.id, runId: run.run.id, name: image.name, mos: image.mos };
    return [{ ...point, ...valuesOf(row) }];
  });
}
