import { LabError } from '@shared/errors';
import type { InitialPayload } from '@shared/worker-protocol';
import { shapeText } from '../../engine/shape';
import type { Model } from '../../models';
import { layouts, weightsFor, type WeightTensor } from '../../weights';
import type { OwnFile } from '../../weights/own-file';
import { openWeights } from '../open-weights';

type State = Map<string, { shape: readonly number[]; data: Float32Array }>;

/**
 * Loads weight files over the weights a model was drawn with: the whole model, or its trunks. Nothing
 * is changed unless every tensor of every file has its place.
 * @returns what a lab wrote beside the weights of a whole model, if it did
 * @throws LabError `missing-file` or `unreadable-file` where a file is not what was added,
 *   `bad-input` naming the tensors that do not fit
 */
export async function loadInitial(
  model: Model,
  modelId: string,
  files: readonly InitialPayload[],
): Promise<OwnFile | null> {
  if (files.length === 0) return null;
  let written: OwnFile | null = null;
  const state: State = new Map(model.stateDict());
  for (const file of files) {
    const { found, own } = await openWeights(file);
    written = own ?? written;
    const weights = found.kind === 'unknown' ? null : weightsFor(modelId, found);
    if (!weights) throw misfit(file, [`it holds ${found.sentence}`]);
    const wrong = differences(modelId, state, weights);
    if (found.kind === 'model') wrong.push(...uncovered(model, weights));
    if (wrong.length > 0) throw misfit(file, wrong);
    for (const [name, { shape, data }] of weights) {
      if (state.has(name)) state.set(name, { shape, data });
    }
  }
  model.loadStateDict(state);
  return written;
}

/** Tensors of the file that the model does not have, or has in another shape. */
function differences(
  modelId: string,
  state: State,
  weights: ReadonlyMap<string, WeightTensor>,
): string[] {
  const variants = layouts.all.get(modelId)?.variants ?? [];
  const optional = (name: string): boolean =>
    variants.some(({ tensors }) => tensors.get(name)?.optional === true);
  return [...weights].flatMap(([name, { shape }]) => {
    const own = state.get(name);
    if (!own) return optional(name) ? [] : [`the model has no "${name}"`];
    const same = own.shape.length === shape.length && own.shape.every((n, i) => n === shape[i]);
    return same
      ? []
      : [`"${name}" has shape ${shapeText(shape)}, the model's has ${shapeText(own.shape)}`];
  });
}

/** Trained tensors of the model that the file of a whole model does not hold. */
function uncovered(model: Model, weights: ReadonlyMap<string, WeightTensor>): string[] {
  return [...model.parameters().keys()]
    .filter((name) => !weights.has(name))
    .map((name) => `the file has no "${name}"`);
}

function misfit({ label }: InitialPayload, wrong: readonly string[]): LabError {
  const more = wrong.length > 3 ? `, and ${wrong.length - 3} more` : '';
  return new LabError({
    kind: 'bad-input',
    message: `${label} does not fit this model with its settings: ${wrong.slice(0, 3).join('; ')}${more}`,
    safe: 'Nothing was started; no weight was changed.',
    next: 'Choose other weights, or the settings these weights were trained with.',
    details: { wrong: wrong.slice(0, 100) },
  });
}
