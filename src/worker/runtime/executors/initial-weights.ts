import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { LabError } from '@shared/errors';
import type { InitialPayload } from '@shared/worker-protocol';
import { shapeText } from '../../engine/shape';
import type { Model } from '../../models';
import { layouts, readWeights, recognise, weightsFor, type WeightTensor } from '../../weights';

type State = Map<string, { shape: readonly number[]; data: Float32Array }>;

/**
 * Loads weight files over the weights a model was drawn with: the whole model, or its trunks. Nothing
 * is changed unless every tensor of every file has its place.
 * @throws LabError `missing-file` or `unreadable-file` where a file is not what was added,
 *   `bad-input` naming the tensors that do not fit
 */
export async function loadInitial(
  model: Model,
  modelId: string,
  files: readonly InitialPayload[],
): Promise<void> {
  if (files.length === 0) return;
  const state: State = new Map(model.stateDict());
  for (const file of files) {
    await requireContent(file);
    const read = await readWeights(file.path);
    const found = recognise(read.tensors, read.extra);
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

/** The run was set up with this content; a copy that was tampered with or rotted is not it. */
async function requireContent({ path, sha256, label }: InitialPayload): Promise<void> {
  const hash = createHash('sha256');
  try {
    for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  } catch (thrown) {
    throw new LabError(
      {
        kind: 'missing-file',
        message: `the weight file ${label} cannot be read from ${path}`,
        safe: 'Nothing was started.',
        next: 'Add the same file again on the Weights page, then press Resume.',
      },
      { cause: thrown },
    );
  }
  if (hash.digest('hex') === sha256) return;
  throw new LabError({
    kind: 'unreadable-file',
    message: `the weight file ${label} is not what it was when it was added: its checksum differs`,
    safe: 'Nothing was started.',
    next: 'Remove it on the Weights page, add the original again, then press Resume.',
    details: { path, sha256 },
  });
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
