import { absoluteGains, relativeGains } from '../stats/gain';
import { rangeUses } from '../stats/range-use';
import { rOf } from '../stats/r-robustness';
import { robustnessScores } from '../stats/robustness-score';
import type { AttackPoint } from './points';

/** Columns of data files for `imageMeasures`; each averages to the measure of the same name in the tables. */
export const imageMeasureColumns = [
  'change_points',
  'r_log10',
  'absolute_gain_clean_0_1',
  'relative_gain_clean_0_1',
  'robustness_score_log10',
  'range_use_0_1',
] as const;

/**
 * What every image adds to the measures of an attack: its signed change of score, R, the gains and the robustness score
 * on the scale on which the run's clean scores go from 0 to 1, and RGO.
 *
 * @param points all images of one run under one attack: their clean scores set the scale
 * @returns a row per image in the order of `imageMeasureColumns`; null where the clean scores span nothing
 */
export function imageMeasures(points: readonly AttackPoint[]): (number | null)[][] {
  const before = points.map((point) => point.before);
  const after = points.map((point) => point.after);
  const columns = [absoluteGains, relativeGains, robustnessScores, rangeUses].map((of) =>
    of(before, after),
  );
  return points.map((point, i) => [
    point.after - point.before,
    rOf(point.before, point.after),
    ...columns.map((column) => column?.[i] ?? null),
  ]);
}
