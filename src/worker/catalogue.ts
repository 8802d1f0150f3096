import type { Catalogue, ModelInfo } from '@shared/domain/catalogue';
import type { ParamSpec, ParamValues } from '@shared/params';
import { attackInfo, attacks } from './attacks';
import { attackRunParams } from './attacks/harness/settings';
import { models, type ModelDef } from './models';
import { normsParams } from './runtime/executors/norms';
import { ntSpecs } from './training/nt-settings';
import { trainerSpecsOf } from './trainer-specs';

/** All that forms, flags and help pages need to know of models, attacks and their settings. */
export function catalogue(): Catalogue {
  return {
    models: [...models.all.values()].map(modelInfo),
    attacks: [...attacks.all.values()].map(attackInfo),
    attackRun: [...attackRunParams],
    norms: [...normsParams],
  };
}

function modelInfo(model: ModelDef): ModelInfo {
  const { id, version, title, citation, summary, params, recipe, presets } = model;
  return {
    id,
    version,
    title,
    citation,
    summary,
    params: [...params],
    trainer: withDefaults(id, trainerSpecsOf(model), recipe.trainer),
    ...(recipe.epochSettings && { epochSettings: [...recipe.epochSettings] }),
    nt: withDefaults(id, ntSpecs(model), recipe.nt),
    presets: [...presets],
  };
}

/** The shared settings with a model's own defaults in place of the general ones. */
function withDefaults(
  modelId: string,
  specs: readonly ParamSpec[],
  defaults: Readonly<ParamValues>,
): ParamSpec[] {
  for (const id of Object.keys(defaults)) {
    if (!specs.some((spec) => spec.id === id)) {
      throw new Error(`${modelId}: its recipe sets "${id}", which is no setting`);
    }
  }
  return specs.map(
    (spec) => ({ ...spec, default: defaults[spec.id] ?? spec.default }) as ParamSpec,
  );
}
