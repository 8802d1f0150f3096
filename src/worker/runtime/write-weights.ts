import { createHash } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import type { WriteWeights, WrittenWeights } from '@shared/worker-protocol';
import { readCheckpointWeights } from '../training';
import { layouts, writeSafetensors, writeTorch } from '../weights';
import type { PlainValue, WeightTensor } from '../weights';
import { ownTexts } from '../weights/own-file';

/**
 * Writes the weights of a checkpoint, without the optimiser's moments, for programs outside the lab:
 * a safetensors file that says of which model it is, or the file torch.save would write.
 *
 * @throws LabError `missing-file` for the checkpoint; an error of the file system where the path is taken or cannot be written
 */
export async function writeWeights(order: WriteWeights): Promise<WrittenWeights> {
  const { meta, weights } = await readCheckpointWeights(order.checkpoint);
  const { modelId, modelVersion } = meta;
  const { modelParams, labScale } = order;
  const own = { modelId, modelVersion, modelParams, labScale };
  const bytes =
    order.format === 'torch'
      ? torchFile(modelId, weights)
      : writeSafetensors(weights, ownTexts(own, order.about));
  await writeNew(order.path, bytes);
  return { sizeBytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
}

/** What the authors keep beside the state dict, such as LinearityIQA's lines, lies beside it here too. */
function torchFile(modelId: string, tensors: ReadonlyMap<string, WeightTensor>): Uint8Array {
  const variants = layouts.all.get(modelId)?.variants ?? [];
  const beside: Record<string, PlainValue> = {};
  const state = new Map<string, WeightTensor>();
  for (const [name, tensor] of tensors) {
    const constant = variants.some((variant) => variant.tensors.get(name)?.optional === true);
    if (constant && !name.includes('.')) beside[name] = [...tensor.data];
    else state.set(name, tensor);
  }
  return Object.keys(beside).length > 0 ? writeTorch(state, beside) : writeTorch(state);
}

/** A file that is there is never touched: the host names one that is not. */
async function writeNew(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, 'wx');
  try {
    await file.writeFile(bytes);
    await file.sync();
    await file.close();
  } catch (error) {
    await file.close().catch(() => undefined);
    await rm(path, { force: true });
    throw error;
  }
}
