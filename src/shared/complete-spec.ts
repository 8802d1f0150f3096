import type { Catalogue, ModelInfo } from './domain/catalogue';
import type { JobSpec, TrainSpec } from './domain/run';
import { defaultValues } from './params';
import { fromScratch } from './weights/initial';

/*
 * Stored specs as they would be stored today: settings that did not exist then have their defaults, since a default is
 * always what the program did before it could be set. Two specs ask for the same work where these are equal.
 */

/** A measurement's spec with today's settings. */
export function completeSpec(spec: JobSpec, catalogue: Pick<Catalogue, 'attackRun'>): JobSpec {
  if (spec.kind !== 'attack') return spec;
  return { ...spec, run: defaultValues(catalogue.attackRun, spec.run) };
}

/** A training's spec with today's settings. */
export function completeTraining(model: ModelInfo, spec: TrainSpec): TrainSpec {
  return {
    ...spec,
    initial: spec.initial ?? fromScratch,
    modelParams: { ...defaultValues(model.params), ...spec.modelParams },
    trainer: { ...defaultValues(model.trainer), ...spec.trainer },
    nt: spec.nt && { ...defaultValues(model.nt), ...spec.nt },
    ...(spec.at && { at: { ...defaultValues(model.at), ...spec.at } }),
  };
}
