import type { Catalogue } from './domain/catalogue';
import type { JobSpec } from './domain/run';
import { defaultValues } from './params';

/**
 * A stored spec as it would be stored today: settings of the measurement that did not exist then have
 * their defaults. Two specs ask for the same work where these are equal.
 */
export function completeSpec(spec: JobSpec, catalogue: Pick<Catalogue, 'attackRun'>): JobSpec {
  if (spec.kind !== 'attack') return spec;
  return { ...spec, run: defaultValues(catalogue.attackRun, spec.run) };
}
