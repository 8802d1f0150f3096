import type { ScoreKind } from './domain/dataset';
import { LabError } from './errors';

/**
 * The lab scale: 0 to 100, higher is better. A raw rating r becomes 100 (r - min) / (max - min), where min and max are
 * the extremes of the split's training part (the paper's Eq. S17; on LIVEC 3.42 and 92.43). A DMOS grows with the
 * damage, so it is turned around: 100 (max - r) / (max - min). Nothing is clamped: a test image rated worse than every
 * training image lies below 0, and clamping would hide that.
 */
function span(min: number, max: number): number {
  const width = max - min;
  if (Number.isFinite(width) && width > 0) return width;
  throw new LabError({
    kind: 'bad-input',
    message: `The lab scale needs two different ratings, but the training part spans ${min} to ${max}.`,
    safe: 'Nothing was changed.',
    next: 'Choose a split whose training part holds images of different quality.',
  });
}

/**
 * A raw rating on the lab scale (the paper's Eq. S17).
 *
 * @param score raw MOS or DMOS, in the data set's own unit
 * @param min smallest raw rating of the training part
 * @param max largest raw rating of the training part
 * @throws LabError `bad-input` if min is not below max
 */
export function toLab(score: number, kind: ScoreKind, min: number, max: number): number {
  const width = span(min, max);
  return (100 * (kind === 'mos' ? score - min : max - score)) / width;
}

/** The raw rating that `toLab` maps to `lab`: its inverse, for axes and tables in native units. */
export function fromLab(lab: number, kind: ScoreKind, min: number, max: number): number {
  const width = span(min, max);
  return kind === 'mos' ? min + (lab * width) / 100 : max - (lab * width) / 100;
}

/** The same map as lab = scale * raw + offset, for code that stores or composes affine maps. */
export function labAffine(
  kind: ScoreKind,
  min: number,
  max: number,
): { scale: number; offset: number } {
  const scale = (kind === 'mos' ? 100 : -100) / span(min, max);
  return { scale, offset: -scale * (kind === 'mos' ? min : max) };
}
