import type { FigureOptions, Study } from '../domain/study';
import { bootstrap, difference, isInterval, type Interval } from '../stats/bootstrap';
import type { Measured, Vector } from '../stats/measured';
import { median } from '../stats/quantiles';
import { rmse } from '../stats/rmse';
import { srocc } from '../stats/srocc';
import { wilcoxon, type Wilcoxon } from '../stats/wilcoxon';
import { attackPoints, scorePoints } from './points';
import { attackLabels, attackOf, type StudyPair } from './select';

export const differenceResamples = 1000;

/** One measure of a pair: twin minus baseline over the images both have. */
export interface TwinDifference {
  /** "no attack", or the attack's label. */
  readonly on: string;
  readonly name: string;
  readonly n: number;
  /** Paired bootstrap of a measure over images; null where the measure is undefined. */
  readonly interval: Interval | null;
  /** Signed-rank test of per-image errors or changes, and the median of their differences. */
  readonly test: (Wilcoxon & { readonly median: number }) | null;
}

/** Images that both twins have, one list per quantity. */
interface Common {
  readonly mos: Float64Array;
  readonly base: { readonly before: Float64Array; readonly after: Float64Array };
  readonly twin: { readonly before: Float64Array; readonly after: Float64Array };
}

const known = new WeakMap<Study, Map<string, TwinDifference[]>>();

/**
 * How the twin of a pair differs from its baseline, with what resampling the images does to the
 * difference. Results are kept with the study, since a screen asks for them at every change.
 */
export function twinDifferences(
  study: Study,
  pair: StudyPair,
  options: FigureOptions,
): TwinDifference[] {
  const key = JSON.stringify([pair.pairId, options.scored, options.attack ?? null]);
  const kept = known.get(study) ?? new Map<string, TwinDifference[]>();
  known.set(study, kept);
  const found = kept.get(key) ?? computed(pair, options);
  kept.set(key, found);
  return found;
}

function computed(pair: StudyPair, options: FigureOptions): TwinDifference[] {
  const labels = options.attack === undefined ? attackLabels(pair.runs) : [options.attack];
  const clean = cleanPoints(pair);
  return [
    ...(clean
      ? [
          measure('no attack', 'RMSE, MOS and score', clean, 'mos', rmse),
          measure('no attack', 'SROCC, MOS and score', clean, 'mos', srocc),
          rankTest('no attack', '|score \u2212 MOS|', clean, 'mos'),
        ]
      : []),
    ...labels.flatMap((label) => {
      const attacked = attackedPoints(pair, label, options.scored);
      if (!attacked) return [];
      return [
        measure(label, 'RMSE, MOS and after', attacked, 'mos', rmse),
        measure(label, 'SROCC, MOS and after', attacked, 'mos', srocc),
        measure(label, 'RMSE, before and after', attacked, 'before', rmse),
        measure(label, 'SROCC, before and after', attacked, 'before', srocc),
        rankTest(label, '|after \u2212 before|', attacked, 'before'),
      ];
    }),
  ];
}

/** What "after" is compared with: the ratings, or the scores before. */
type Against = 'mos' | 'before';

function measure(
  on: string,
  name: string,
  points: Common,
  against: Against,
  of: (x: Vector, y: Vector) => Measured,
): TwinDifference {
  const n = points.mos.length;
  const reference = (side: 'base' | 'twin'): Float64Array =>
    against === 'mos' ? points.mos : points[side].before;
  const result = bootstrap(
    n,
    (positions) => {
      const value = (side: 'base' | 'twin'): Measured =>
        of(taken(reference(side), positions), taken(points[side].after, positions));
      return difference(value('twin'), value('base'));
    },
    { seed: 1, resamples: differenceResamples },
  );
  return { on, name, n, interval: isInterval(result) ? result : null, test: null };
}

function rankTest(on: string, name: string, points: Common, against: Against): TwinDifference {
  const sizes = (side: 'base' | 'twin'): Float64Array => {
    const from = against === 'mos' ? points.mos : points[side].before;
    return points[side].after.map((value, i) => Math.abs(value - (from[i] ?? 0)));
  };
  const base = sizes('base');
  const differences = sizes('twin').map((size, i) => size - (base[i] ?? 0));
  const result = wilcoxon(differences);
  const { value } = median(differences);
  const test = 'p' in result && value !== null ? { ...result, median: value } : null;
  return { on, name, n: differences.length, interval: null, test };
}

function cleanPoints({ runs }: StudyPair): Common | null {
  const [base, twin] = runs;
  if (!base || !twin) return null;
  const others = new Map(scorePoints(twin).map((point) => [point.imageId, point.score]));
  const rows = scorePoints(base).flatMap(({ imageId, mos, score }) => {
    const other = others.get(imageId);
    return other === undefined ? [] : [[mos, score, score, other, other] as const];
  });
  return common(rows);
}

function attackedPoints(
  { runs }: StudyPair,
  label: string,
  scored: FigureOptions['scored'],
): Common | null {
  const [base, twin] = runs;
  if (!base || !twin) return null;
  const others = new Map(
    attackPoints(twin, attackOf(twin, label), scored).map((point) => [point.imageId, point]),
  );
  const rows = attackPoints(base, attackOf(base, label), scored).flatMap((point) => {
    const other = others.get(point.imageId);
    return other
      ? [[point.mos, point.before, point.after, other.before, other.after] as const]
      : [];
  });
  return common(rows);
}

type Row = readonly [mos: number, before: number, after: number, before2: number, after2: number];

function common(rows: readonly Row[]): Common | null {
  if (rows.length === 0) return null;
  const column = (k: number): Float64Array => Float64Array.from(rows, (row) => row[k] ?? 0);
  return {
    mos: column(0),
    base: { before: column(1), after: column(2) },
    twin: { before: column(3), after: column(4) },
  };
}

function taken(column: Float64Array, positions: Uint32Array): Float64Array {
  const drawn = new Float64Array(positions.length);
  for (let i = 0; i < drawn.length; i++) drawn[i] = column[positions[i] ?? 0] ?? 0;
  return drawn;
}
