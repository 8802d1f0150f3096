import type { ParamSpec, ParamValue } from '@shared/params';

export interface Slider {
  readonly min: number;
  readonly max: number;
  readonly step: number;
  /** Where it stands, in its own unit. */
  readonly shown: number;
  /** What the numbers mean, for those who do not see it. */
  readonly unit: string;
  /** Whether the number is worth a field of its own. */
  readonly exact: boolean;
  toValue(shown: number): number;
}

/** Most that a slider reaches at first; a larger value stretches it, so that it never lies. */
const greyReach = 16;
const stepReach = 40;

/**
 * The slider of a setting: grey levels for pixel quantities, whole numbers for counts that start
 * low, none for the rest.
 */
export function sliderOf(spec: ParamSpec, value: ParamValue | undefined): Slider | null {
  if (typeof value !== 'number') return null;
  if (spec.type === 'number' && spec.unit === 'pixel') {
    const shown = value * 255;
    return {
      min: 0,
      max: Math.min(255 * (spec.max ?? 1), reach(greyReach, shown)),
      step: 0.05,
      shown,
      unit: 'grey levels',
      exact: true,
      toValue: (grey) => Number((grey / 255).toPrecision(6)),
    };
  }
  if (spec.type === 'integer' && (spec.min ?? 0) <= 1 && (spec.max ?? Infinity) > 1) {
    return {
      min: spec.min ?? 0,
      max: Math.min(spec.max ?? Infinity, reach(stepReach, value)),
      step: 1,
      shown: value,
      unit: spec.unit ?? 'number',
      exact: false,
      toValue: (shown) => Math.round(shown),
    };
  }
  return null;
}

/** The smallest doubling of `first` that holds the value. */
function reach(first: number, value: number): number {
  let most = first;
  while (most < value) most *= 2;
  return most;
}
