import { assertFinite, at, undefinedBecause, type Measured, type Vector } from './measured';
import { sorted } from './quantiles';

/**
 * First Wasserstein distance of two samples, the area between their distribution functions:
 *   W1 = integral |F(t) - G(t)| dt (Vallender, 1974).
 *
 * @param x values `[n]`
 * @param y values `[m]`; the lengths may differ
 */
export function wasserstein(x: Vector, y: Vector): Measured {
  return integral('wasserstein', x, y, (gap) => Math.abs(gap));
}

/**
 * Energy distance of two samples (Szekely & Rizzo, 2013), in one dimension
 *   sqrt(2 integral (F(t) - G(t))^2 dt).
 * Arguments as for `wasserstein`.
 */
export function energyDistance(x: Vector, y: Vector): Measured {
  const area = integral('energyDistance', x, y, (gap) => gap * gap);
  return area.value === null ? area : { value: Math.sqrt(2 * area.value) };
}

/** Integral of a function of F - G: the samples' steps divide the line, F - G is constant between. */
function integral(what: string, x: Vector, y: Vector, of: (gap: number) => number): Measured {
  assertFinite(what, x);
  assertFinite(what, y);
  if (x.length === 0 || y.length === 0) return undefinedBecause('no images');
  const [a, b] = [sorted(x), sorted(y)];
  let [i, j] = [0, 0];
  let total = 0;
  let here = Math.min(at(a, 0), at(b, 0));
  while (i < a.length || j < b.length) {
    const next = Math.min(i < a.length ? at(a, i) : Infinity, j < b.length ? at(b, j) : Infinity);
    total += of(i / a.length - j / b.length) * (next - here);
    here = next;
    while (i < a.length && at(a, i) === here) i++;
    while (j < b.length && at(b, j) === here) j++;
  }
  return { value: total };
}
