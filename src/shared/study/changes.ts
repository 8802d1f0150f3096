import type { FigureOptions, StudyAttack, StudyRun } from '../domain/study';
import { attackPoints, type PointId } from './points';

/** How far an attack moved the score of one image. */
export interface ChangePoint extends PointId {
  readonly name: string;
  readonly mos: number;
  /** |after - before|, score points. */
  readonly change: number;
}

/** Absolute score changes of an attack, per image, in the order of the data set. */
export function changePoints(
  run: StudyRun,
  attack: StudyAttack | null,
  scored: FigureOptions['scored'],
): ChangePoint[] {
  return attackPoints(run, attack, scored).map(({ before, after, ...point }) => ({
    ...point,
    change: Math.abs(after - before),
  }));
}
