/**
 * Norm-in-norm of one head (Li, Jiang & Jiang, ACM Multimedia 2020), in double precision.
 *
 * For scores a and ratings m of a batch of n, with eps = 1e-8:
 *   a0 = a - mean(a),  N = ||a0||_q,  u = a0 / (N + eps);  v the same of m,
 *   c  = 2^max(1, 1/q) * n^max(0, 1/p - 1/q),   which bounds the loss by 1,
 *   plain   = (||u - v||_p / c)^p,
 *   variant = (||r u - v||_p / c)^p,   r = cosine of u and v,
 *   loss    = (w1 plain + w2 variant) / (w1 + w2).
 *
 * With G = d loss / d u and S = N + eps,
 *   d loss / d a0_j = G_j / S - (G . a0) / S^2 * dN/da0_j,   dN/da0_j = |a0_j|^(q-1) sign(a0_j) N^(1-q),
 * and the mean's share is taken off: d loss / d a_j = d loss / d a0_j - mean of them. Held constant, mean and length give
 * G_j / S alone.
 */
const EPSILON = 1e-8;

export interface Shape {
  readonly p: number;
  readonly q: number;
  /** Weight of the plain form and of the variant. */
  readonly plain: number;
  readonly variant: number;
  /** Gradients take mean and length of the scores for constants. */
  readonly detach: boolean;
}

export interface HeadValue {
  readonly value: number;
  /** d value / d scores, `[n]`. */
  readonly gradient: Float64Array;
}

/** @param scores `[n]`; @param ratings `[n]`; a batch of one costs nothing: it has no relation to judge */
export function normInNorm(scores: Float64Array, ratings: Float64Array, shape: Shape): HeadValue {
  const n = scores.length;
  const { p, q, plain, variant, detach } = shape;
  const weights = plain + variant;
  const nothing = { value: 0, gradient: new Float64Array(n) };
  if (n === 1 || weights === 0) return nothing;
  const own = normalised(scores, q);
  const { unit: v } = normalised(ratings, q);
  const scale = 2 ** Math.max(1, 1 / q) * n ** Math.max(0, 1 / p - 1 / q);
  const towardsUnit = new Float64Array(n);
  let value = 0;
  if (plain > 0) {
    const first = distance(own.unit, v, p, scale);
    value += (plain / weights) * first.value;
    first.slope.forEach((slope, i) => add(towardsUnit, i, (plain / weights) * slope));
  }
  if (variant > 0) {
    const second = turned(own.unit, v, p, scale);
    value += (variant / weights) * second.value;
    second.slope.forEach((slope, i) => add(towardsUnit, i, (variant / weights) * slope));
  }
  // Scores that are all equal have no direction to improve in: a slope through a length of 0 is arbitrary and huge.
  if (own.length === 0) return { ...nothing, value };
  return { value, gradient: throughUnit(towardsUnit, own, q, detach) };
}

interface Normalised {
  readonly centred: Float64Array;
  readonly length: number;
  readonly unit: Float64Array;
}

function normalised(values: Float64Array, q: number): Normalised {
  const mean = sum(values) / values.length;
  const centred = values.map((value) => value - mean);
  const length = sum(centred.map((value) => Math.abs(value) ** q)) ** (1 / q);
  return { centred, length, unit: centred.map((value) => value / (length + EPSILON)) };
}

interface Judged {
  readonly value: number;
  /** By the normalised scores. */
  readonly slope: Float64Array;
}

function distance(u: Float64Array, v: Float64Array, p: number, scale: number): Judged {
  const error = u.map((value, i) => value - (v[i] ?? 0));
  return {
    value: sum(error.map((value) => Math.abs(value) ** p)) / scale ** p,
    slope: error.map((value) =>
      value === 0 ? 0 : (p * Math.abs(value) ** (p - 1) * Math.sign(value)) / scale ** p,
    ),
  };
}

/** The variant: scores first scaled by their cosine with the ratings, through which the slope runs as well. */
function turned(u: Float64Array, v: Float64Array, p: number, scale: number): Judged {
  const [uu, vv] = [Math.sqrt(dot(u, u)), Math.sqrt(dot(v, v))];
  const lengths = Math.max(uu * vv, EPSILON);
  const cosine = dot(u, v) / lengths;
  const { value, slope } = distance(
    u.map((each) => cosine * each),
    v,
    p,
    scale,
  );
  const along = dot(slope, u);
  const held = uu * vv > EPSILON ? cosine / (uu * uu) : 0;
  return {
    value,
    slope: slope.map(
      (each, i) => cosine * each + along * ((v[i] ?? 0) / lengths - held * (u[i] ?? 0)),
    ),
  };
}

function throughUnit(
  towardsUnit: Float64Array,
  { centred, length }: Normalised,
  q: number,
  detach: boolean,
): Float64Array {
  const size = length + EPSILON;
  if (detach) return towardsUnit.map((slope) => slope / size);
  const along = dot(towardsUnit, centred) / size ** 2;
  const towardsCentred = towardsUnit.map((slope, j) => {
    const value = centred[j] ?? 0;
    const longer = value === 0 ? 0 : Math.sign(value) * (Math.abs(value) / length) ** (q - 1);
    return slope / size - along * longer;
  });
  const mean = sum(towardsCentred) / towardsCentred.length;
  return towardsCentred.map((slope) => slope - mean);
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0);
}

function dot(a: Float64Array, b: Float64Array): number {
  return a.reduce((total, value, i) => total + value * (b[i] ?? 0), 0);
}

function add(sums: Float64Array, i: number, value: number): void {
  sums[i] = (sums[i] ?? 0) + value;
}
