import type { Catalogue, ModelInfo } from '@shared/domain/catalogue';
import { paperAttacks } from '@shared/paper/models';
import type { ParamSpec, ParamValues } from '@shared/params';
import { attackInfo, attacks } from './attacks';
import { attackRunParams } from './attacks/harness/settings';
import { fitInfo, fits } from './fits';
import { defenceInfo, defences } from './defences';
import { models, type ModelDef } from './models';
import { normsParams } from './runtime/executors/norms';
import { atParams } from './training/at-settings';
import { ntSpecs } from './training/nt-settings';
import { trainerSpecsOf } from './trainer-specs';

/** All that forms, flags and help pages need to know of models, attacks and their settings. */
export function catalogue(): Catalogue {
  return {
    models: [...models.all.values()].map(modelInfo),
    attacks: [...attacks.all.values()].map(attackInfo).sort((a, b) => order(a.id) - order(b.id)),
    attackRun: [...attackRunParams],
    norms: [...normsParams],
    fits: [...fits.all.values()].map(fitInfo),
    defences: [...defences.all.values()].map(defenceInfo),
  };
}

/** The paper's attacks come first, in its order; the others follow in theirs. */
function order(attackId: string): number {
  const at = paperAttacks.findIndex((id) => id === attackId);
  return at < 0 ? paperAttacks.length : at;
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
    trainer: withDefaults(model, trainerSpecsOf(model), recipe.trainer),
    ...(recipe.epochSettings && { epochSettings: [...recipe.epochSettings] }),
    nt: withDefaults(model, ntSpecs(model), recipe.nt),
    at: [...atParams],
    presets: [...presets],
  };
}

/** The shared settings with a model's own defaults, and what the paper says of this model, in place of the general ones. */
function withDefaults(
  { id: modelId, recipe }: ModelDef,
  specs: readonly ParamSpec[],
  defaults: Readonly<ParamValues>,
): ParamSpec[] {
  for (const id of Object.keys(defaults)) {
    if (!specs.some((spec) => spec.id === id)) {
      throw new Error(`${modelId}: its recipe sets "${id}", which is no setting`);
    }
  }
  const own = new Set(recipe.settings?.map((spec) => spec.id));
  return specs.map((spec) => {
    const completed = { ...spec, default: defaults[spec.id] ?? spec.default } as ParamSpec;
    // What belongs to a choice (a loss, an optimiser) speaks of that choice, whatever the model.
    if (!recipe.paper || own.has(spec.id) || spec.when) return completed;
    return { ...completed, paper: recipe.paper[spec.id] } as ParamSpec;
  });
}
