import { createHash, randomUUID } from 'node:crypto';
import { open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as v from 'valibot';
import { LabError } from '@shared/errors';
import type { Line, Model } from '../models/model';
import type { StateEntry } from '../nn';
import { readSafetensors, writeSafetensors } from '../weights/safetensors';
import type { Tensor } from '../weights/safetensors';

/**
 * A checkpoint is one safetensors file: the model's state dict under its PyTorch names, the optimiser's moments under
 * `optimizer/`, the position and what the run must match as metadata. Any safetensors reader gets the weights out.
 */
export interface Position {
  /** Epochs that have ended. */
  readonly epoch: number;
  /** Optimiser steps taken. */
  readonly step: number;
}

/** What a checkpoint keeps of an optimiser. */
export interface Moments {
  state(): Map<string, StateEntry>;
  /** @param epoch epochs that had ended */
  load(state: ReadonlyMap<string, StateEntry>, epoch: number): void;
}

export interface CheckpointMeta extends Position {
  readonly modelId: string;
  readonly modelVersion: number;
  /** Whatever else the writer needs again, e.g. the best validation score so far. */
  readonly extra: Readonly<Record<string, string>>;
}

export interface WrittenCheckpoint {
  readonly sha256: string;
  readonly sizeBytes: number;
}

const Finite = v.pipe(v.number(), v.finite());
const Lines = v.array(v.object({ scale: Finite, offset: Finite }));
const FORMAT = 'iqalab-checkpoint-1';
const OPTIMIZER = 'optimizer/';
const MAPPING = 'mapping';

/**
 * Writes a checkpoint so that `path` always holds a whole one: to a temporary file beside it, synced, renamed over it,
 * and the folder synced.
 *
 * @throws LabError `non-finite` naming the weight, `disk-full` or `read-only`; the previous file at `path` is then untouched
 */
export async function saveCheckpoint(
  path: string,
  model: Model,
  optimizer: Pick<Moments, 'state'>,
  meta: CheckpointMeta,
): Promise<WrittenCheckpoint> {
  const tensors = new Map<string, Tensor>(model.stateDict());
  for (const [name, entry] of optimizer.state()) tensors.set(OPTIMIZER + name, entry);
  const metadata = new Map([
    ['format', FORMAT],
    ['model', meta.modelId],
    ['model_version', String(meta.modelVersion)],
    ['epoch', String(meta.epoch)],
    ['step', String(meta.step)],
    ['extra', JSON.stringify(meta.extra)],
  ]);
  if (model.mapping) metadata.set(MAPPING, JSON.stringify(model.mapping.get()));
  for (const [name, { data }] of tensors) requireFinite(name, data, meta);
  const bytes = writeSafetensors(tensors, metadata);
  await replaceFile(path, bytes);
  return { sha256: createHash('sha256').update(bytes).digest('hex'), sizeBytes: bytes.length };
}

/**
 * Reads a checkpoint into a model and, when training continues, an optimiser.
 *
 * @param optimizer null when only the weights are wanted
 * @throws LabError `missing-file`, `unreadable-file`, or `bad-input` where it belongs to another model or settings;
 *   the model keeps its weights
 */
export async function loadCheckpoint(
  path: string,
  model: Model,
  optimizer: Pick<Moments, 'load'> | null,
  expected?: { readonly modelId: string; readonly modelVersion: number },
): Promise<CheckpointMeta> {
  const { tensors, metadata } = readSafetensors(await readWhole(path));
  const meta = readMeta(metadata);
  if (
    expected &&
    (meta.modelId !== expected.modelId || meta.modelVersion !== expected.modelVersion)
  ) {
    throw foreign(
      `checkpoint ${path} is of ${meta.modelId} version ${meta.modelVersion}, ` +
        `not of ${expected.modelId} version ${expected.modelVersion}`,
    );
  }
  const weights = new Map<string, Tensor>();
  const moments = new Map<string, { shape: number[]; data: Float32Array }>();
  for (const [name, tensor] of tensors) {
    if (name.startsWith(OPTIMIZER)) {
      moments.set(name.slice(OPTIMIZER.length), { shape: [...tensor.shape], data: tensor.data });
    } else weights.set(name, tensor);
  }
  optimizer?.load(moments, meta.epoch);
  model.loadStateDict(weights);
  model.mapping?.set(readMapping(metadata.get(MAPPING)));
  return meta;
}

/**
 * The weights of a checkpoint on their own, for programs that know no optimiser.
 * @throws LabError `missing-file`, `unreadable-file` or `bad-input`
 */
export async function readCheckpointWeights(
  path: string,
): Promise<{ readonly meta: CheckpointMeta; readonly weights: ReadonlyMap<string, Tensor> }> {
  const { tensors, metadata } = readSafetensors(await readWhole(path));
  const weights = [...tensors].filter(([name]) => !name.startsWith(OPTIMIZER));
  return { meta: readMeta(metadata), weights: new Map(weights) };
}

/** SHA-256 over names, shapes and values of a state dict: equal weights, equal hash, whatever file holds them. */
export function weightsSha256(state: ReadonlyMap<string, Tensor>): string {
  const sorted = new Map([...state].sort(([a], [b]) => (a < b ? -1 : 1)));
  return createHash('sha256').update(writeSafetensors(sorted)).digest('hex');
}

function requireFinite(name: string, data: Float32Array, meta: CheckpointMeta): void {
  if (data.every(Number.isFinite)) return;
  throw new LabError({
    kind: 'non-finite',
    message: `training stopped at step ${meta.step}: "${name}" holds a value that is not finite`,
    safe: 'The last checkpoint is kept.',
    next: 'Lower the learning rate or lambda, then resume from the last checkpoint.',
    details: { term: name, step: meta.step },
  });
}

function readMeta(metadata: ReadonlyMap<string, string>): CheckpointMeta {
  if (metadata.get('format') !== FORMAT) {
    throw foreign('the file holds weights, but is not a checkpoint of this lab');
  }
  const count = (key: string): number => {
    const value = Number(metadata.get(key));
    if (!Number.isSafeInteger(value) || value < 0) throw foreign(`checkpoint has a bad "${key}"`);
    return value;
  };
  return {
    modelId: metadata.get('model') ?? '',
    modelVersion: count('model_version'),
    epoch: count('epoch'),
    step: count('step'),
    extra: readExtra(metadata.get('extra') ?? '{}'),
  };
}

function readExtra(text: string): Record<string, string> {
  try {
    const extra: unknown = JSON.parse(text);
    if (typeof extra === 'object' && extra !== null) {
      return Object.fromEntries(Object.entries(extra).map(([key, value]) => [key, String(value)]));
    }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw foreign('checkpoint has bad extra data');
}

/** The lines of a model's heads; none in a checkpoint from before they were fitted. */
function readMapping(text = '[]'): Line[] {
  try {
    return v.parse(Lines, JSON.parse(text));
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof v.ValiError)) throw error;
    throw foreign('checkpoint has bad lines from output to rating');
  }
}

function foreign(message: string): LabError {
  return new LabError({
    kind: 'bad-input',
    message,
    safe: 'Nothing was loaded.',
    next: 'Choose a checkpoint that was written by this run.',
  });
}

async function readWhole(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
    throw new LabError(
      {
        kind: 'missing-file',
        message: `checkpoint ${path} does not exist`,
        safe: 'Stored results are kept.',
        next: 'Put the file back, or train the run again.',
      },
      { cause: error },
    );
  }
}

/** Writes a file so that `path` always holds a whole one. @throws LabError `disk-full` or `read-only` */
export async function replaceFile(path: string, bytes: Uint8Array): Promise<void> {
  const temporary = join(dirname(path), `.${randomUUID()}.tmp`);
  try {
    const file = await open(temporary, 'wx');
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
    await syncFolder(dirname(path));
  } catch (error) {
    await rm(temporary, { force: true });
    throw writeFailure(path, error);
  }
}

/** A rename is durable once its folder is; Windows has no such call and needs none. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function writeFailure(path: string, error: unknown): unknown {
  const code = codeOf(error);
  const safe = 'The checkpoint before this one is kept.';
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    const message = `there is no room left to write checkpoint ${path}`;
    const next = 'Free some space, then resume the run.';
    return new LabError({ kind: 'disk-full', message, safe, next }, { cause: error });
  }
  if (code === 'EROFS' || code === 'EACCES' || code === 'EPERM') {
    const message = `checkpoint ${path} cannot be written: the folder is read-only`;
    const next = 'Make the workspace writable, then resume the run.';
    return new LabError({ kind: 'read-only', message, safe, next }, { cause: error });
  }
  return error;
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
