import type { FigureOptions, StudyAttack, StudyRun } from '../domain/study';
import { krocc } from '../stats/krocc';
import type { Measured, Vector } from '../stats/measured';
import { plcc } from '../stats/plcc';
import { mean, median } from '../stats/quantiles';
import { rRobustness, type RRobustness } from '../stats/r-robustness';
import { rmse } from '../stats/rmse';
import { srocc } from '../stats/srocc';
import { attackPoints, normPoints, scorePoints } from './points';

/** The four measures of Table 1, each between the same two lists of lab-scale scores. */
export interface Agreement {
  readonly n: number;
  readonly rmse: Measured;
  readonly srocc: Measured;
  readonly plcc: Measured;
  readonly krocc: Measured;
}

export interface AttackMeasures {
  readonly n: number;
  /** MOS against the score after the attack. */
  readonly mosAfter: Agreement;
  /** Score before against score after the attack. */
  readonly beforeAfter: Agreement;
  readonly r: RRobustness;
  /** Mean of |after - before|, score points. */
  readonly meanChange: Measured;
}

export interface NormMeasures {
  readonly n: number;
  readonly mean: Measured;
  readonly median: Measured;
  /** Median of |estimate - exact| / exact over the images with exact > 0. */
  readonly medianRelativeError: Measured;
}

/** RMSE and correlations of two score lists of the same images. */
export function agreement(x: Vector, y: Vector): Agreement {
  return {
    n: x.length,
    rmse: rmse(x, y),
    srocc: srocc(x, y),
    plcc: plcc(x, y),
    krocc: krocc(x, y),
  };
}

/** MOS against the scores of the clean images (Table 1). */
export function cleanMeasures(run: StudyRun): Agreement {
  const points = scorePoints(run);
  return agreement(
    points.map((point) => point.mos),
    points.map((point) => point.score),
  );
}

/** What an attack did to a run's scores (Tables 2 and 3 and the supplement's R). */
export function attackMeasures(
  run: StudyRun,
  attack: Pick<StudyAttack, 'rows'> | null,
  scored: FigureOptions['scored'],
): AttackMeasures {
  const points = attackPoints(run, attack, scored);
  const mos = points.map((point) => point.mos);
  const before = points.map((point) => point.before);
  const after = points.map((point) => point.after);
  return {
    n: points.length,
    mosAfter: agreement(mos, after),
    beforeAfter: agreement(before, after),
    r: rRobustness(before, after),
    meanChange: mean(points.map((point) => Math.abs(point.after - point.before))),
  };
}

/** Summary of a run's l1 gradient norms, score points per unit of a [0, 1] pixel. */
export function normMeasures(run: StudyRun): NormMeasures {
  const points = normPoints(run);
  const exact = points.map((point) => point.exact);
  const errors = points
    .filter((point) => point.exact > 0)
    .map((point) => Math.abs(point.estimate - point.exact) / point.exact);
  return {
    n: points.length,
    mean: mean(exact),
    median: median(exact),
    medianRelativeError: median(errors),
  };
}
