import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadCheckpoint, saveCheckpoint, weightsSha256 } from '../../../src/worker/training';
import { optimizers } from '../../../src/worker/training/optimizers';
import { readSafetensors, writeSafetensors } from '../../../src/worker/weights/safetensors';
import { eachEngine } from '../../helpers/engines';
import { SmoothScorer } from './toy';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'iqalab-checkpoint-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

function trained(seed: number) {
  const model = new SmoothScorer(seed);
  const optimizer = optimizers
    .find('adam')
    .build([{ parameters: model.parameters(), learningRate: 0.01, weightDecay: 0 }], {});
  const gradients = new Map(
    [...model.parameters()].map(([name, variable]) => [name, tf.onesLike(variable as tf.Tensor)]),
  );
  optimizer.step(gradients, 1);
  tf.dispose([...gradients.values()]);
  const dispose = (): void => {
    optimizer.dispose();
    model.dispose();
  };
  return { model, optimizer, dispose };
}

const meta = { modelId: 'smooth', modelVersion: 2, epoch: 3, step: 70, extra: { best: '0.5' } };

eachEngine('a checkpoint', () => {
  test('gives back weights, moments and position bit by bit', async () => {
    const [source, target] = [trained(1), trained(2)];
    const path = join(folder, 'a.safetensors');
    const written = await saveCheckpoint(path, source.model, source.optimizer, meta);
    expect(written.sizeBytes).toBe((await readFile(path)).length);
    const read = await loadCheckpoint(path, target.model, target.optimizer, {
      modelId: 'smooth',
      modelVersion: 2,
    });
    expect(read).toEqual(meta);
    expect(target.model.stateDict()).toEqual(source.model.stateDict());
    expect(target.optimizer.state()).toEqual(source.optimizer.state());
    expect(weightsSha256(target.model.stateDict())).toBe(weightsSha256(source.model.stateDict()));
    source.dispose();
    target.dispose();
  });

  test('replaces the one before it and leaves no temporary file', async () => {
    const { model, optimizer, dispose } = trained(1);
    const path = join(folder, 'a.safetensors');
    const first = await saveCheckpoint(path, model, optimizer, meta);
    const second = await saveCheckpoint(path, model, optimizer, { ...meta, step: 71 });
    expect(second.sha256).not.toBe(first.sha256);
    expect(await readdir(folder)).toEqual(['a.safetensors']);
    dispose();
  });

  test('with a weight that is not finite is not written; the one before stays', async () => {
    const { model, optimizer, dispose } = trained(1);
    const path = join(folder, 'a.safetensors');
    await saveCheckpoint(path, model, optimizer, meta);
    const before = await readFile(path);
    const state = model.stateDict();
    state.get('conv.bias')?.data.fill(Number.POSITIVE_INFINITY);
    model.loadStateDict(state);
    await expect(saveCheckpoint(path, model, optimizer, meta)).rejects.toMatchObject({
      kind: 'non-finite',
      message: expect.stringContaining('"conv.bias"') as string,
    });
    expect(await readFile(path)).toEqual(before);
    expect(await readdir(folder)).toHaveLength(1);
    dispose();
  });
});

describe('a checkpoint that does not fit', () => {
  const load = async (bytes: Uint8Array): Promise<unknown> => {
    const { model, optimizer, dispose } = trained(1);
    const before = model.stateDict();
    const path = join(folder, 'b.safetensors');
    await writeFile(path, bytes);
    const expected = { modelId: 'smooth', modelVersion: 2 };
    const failure = await loadCheckpoint(path, model, optimizer, expected).catch(
      (error: unknown) => error,
    );
    expect(model.stateDict()).toEqual(before);
    dispose();
    return failure;
  };

  test('is refused by kind: no file, no checkpoint, another model, a damaged file', async () => {
    const { model, optimizer, dispose } = trained(1);
    const path = join(folder, 'a.safetensors');
    await expect(loadCheckpoint(path, model, optimizer)).rejects.toMatchObject({
      kind: 'missing-file',
    });
    await saveCheckpoint(path, model, optimizer, { ...meta, modelId: 'other' });
    dispose();
    const other = await readFile(path);
    expect(await load(other)).toMatchObject({
      kind: 'bad-input',
      message: expect.stringContaining('is of other version 2, not of smooth version 2') as string,
    });
    expect(await load(writeSafetensors(readSafetensors(other).tensors))).toMatchObject({
      kind: 'bad-input',
      message: 'the file holds weights, but is not a checkpoint of this lab',
    });
    expect(await load(other.subarray(0, other.length - 5))).toMatchObject({
      kind: 'unreadable-file',
    });
  });
});
