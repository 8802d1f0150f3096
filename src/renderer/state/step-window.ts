import type { StepMetric } from '@shared/domain/run';

/**
 * At most this many points of a loss curve are held, some three for every pixel of a usual plate. A long
 * run is thinned, never cut off.
 */
export const MOST_STEPS = 2_000;

/**
 * Appends steps to a curve, dropping those it already has. Above the limit every second point of the
 * older half goes, so memory stays bounded while the newest part keeps every step.
 */
export function appendSteps(
  known: readonly StepMetric[],
  arrived: readonly StepMetric[],
  limit = MOST_STEPS,
): readonly StepMetric[] {
  const last = known.at(-1)?.step ?? -Infinity;
  const fresh = arrived.filter((step) => step.step > last);
  if (fresh.length === 0) return known;
  let steps = [...known, ...fresh];
  while (steps.length > limit) {
    const half = steps.length >> 1;
    steps = steps.filter((_, index) => index >= half || index % 2 === 0);
  }
  return steps;
}
