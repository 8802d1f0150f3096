import { mkdirSync } from 'node:fs';
import { readFile, readdir, rm, writeFile } from 'node:fs/promises';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Selection } from '../../../src/shared/domain/run';
import { LabError } from '../../../src/shared/errors';
import type { TrainPayload, WorkerMessage } from '../../../src/shared/worker-protocol';
import { models } from '../../../src/worker/models';
import type { TrainingPlan } from '../../../src/worker/models/plan';
import {
  checkpointFile,
  pruneCheckpoints,
} from '../../../src/worker/runtime/executors/checkpoint-files';
import {
  fromExtra,
  nothingChosen,
  replaces,
  toExtra,
} from '../../../src/worker/runtime/executors/selection';
import { TrainingRecord } from '../../../src/worker/runtime/executors/training-record';
import { Job } from '../../../src/worker/runtime/job';
import { Progress } from '../../../src/worker/runtime/progress';
import { buildTraining, saveCheckpoint } from '../../../src/worker/training';
import { useTempDir } from '../../helpers/temp-dir';
import { useCpuBackend } from '../attacks/toys';

const inTemp = useTempDir();
beforeAll(useCpuBackend);

/** A record over a tiny real model, in a folder of its own. */
function open(
  name: string,
  selection: Selection,
  resumeFrom: string | null = null,
  plan?: TrainingPlan,
) {
  const said: WorkerMessage[] = [];
  const job = new Job(1, (message) => said.push(message));
  const checkpointDir = inTemp(name);
  mkdirSync(checkpointDir, { recursive: true });
  const image = { id: 1, path: '', sha256: '', mos: 1 };
  const payload: TrainPayload = {
    kind: 'train',
    runId: 1,
    modelId: 'cnniqa',
    modelParams: { kernels: 2, hidden: 3 },
    trainer: { epochs: 9 },
    nt: null,
    seed: 1,
    cacheDir: '',
    train: [image],
    validation: [image],
    selectOn: [image],
    selection,
    checkpointDir,
    initial: [],
    resumeFrom,
  };
  const def = models.find('cnniqa');
  const recipe = plan ? { ...def.recipe, plan: () => plan } : def.recipe;
  const training = buildTraining({ ...def, recipe }, payload);
  const model = { modelId: 'cnniqa', modelVersion: 1 };
  const progress = new Progress(job, 'steps');
  const record = new TrainingRecord({
    payload,
    job,
    training,
    model,
    feed: { batchesPerEpoch: 10 },
    progress,
  });
  /** What the loop does at the end of an epoch (1-based). */
  const endEpoch = async (epoch: number, srocc: number | null): Promise<void> => {
    const position = { epoch, step: 10 * epoch };
    const metric = { ...position, validationSrocc: srocc, validationRmse: 1 };
    record.epoch({ ...metric, trainMs: 1, dataWaitShare: 0 }, srocc);
    const meta = { ...model, ...position, extra: record.extra() };
    const path = record.path(position);
    const written = await saveCheckpoint(path, training.model, training.optimizer, meta);
    await record.checkpoint({ ...position, ...written, path, epochComplete: true });
  };
  const checkpoints = () =>
    said.flatMap((message) => (message.type === 'checkpoint' ? [message.checkpoint] : []));
  return {
    record,
    training,
    endEpoch,
    checkpoints,
    files: () => readdir(checkpointDir),
    path: inTemp(name),
  };
}

const file = (epoch: number): string => checkpointFile({ epoch, step: 10 * epoch });

describe('the choice of a checkpoint', () => {
  it('keeps the earlier of two equal epochs, and the last one where that is the rule', () => {
    expect(replaces('validation', { value: 0.5 }, { value: 0.5 })).toBe(false);
    expect(replaces('validation', { value: 0.51 }, { value: 0.5 })).toBe(true);
    expect(replaces('last', { value: 0.1 }, { value: 0.5 })).toBe(true);
  });

  it('never takes an undefined correlation over a defined one', () => {
    expect(replaces('test', { value: null }, { value: -0.9 })).toBe(false);
    expect(replaces('test', { value: -0.9 }, { value: null })).toBe(true);
    expect(replaces('test', { value: null }, null)).toBe(true);
  });

  it('survives in a checkpoint', () => {
    const chosen = { epoch: 1, step: 10, file: 'a', value: 0.25 };
    const state = { chosen, chosenBefore: null, recent: ['a', 'b'] };
    expect(fromExtra(toExtra(state))).toEqual(state);
    expect(fromExtra({})).toEqual(nothingChosen);
  });
});

describe('TrainingRecord', () => {
  it('marks the best epoch and keeps it, the one before it, and the last two', async () => {
    const run = open('best', 'validation');
    for (const [i, srocc] of [0.1, 0.6, 0.3, 0.2, 0.7, 0.5].entries()) {
      await run.endEpoch(i + 1, srocc);
    }
    expect(run.checkpoints().map(({ selected }) => selected)).toEqual([
      true,
      true,
      false,
      false,
      true,
      false,
    ]);
    expect(run.record.chosen).toMatchObject({ epoch: 5, value: 0.7 });
    expect(await run.files()).toEqual([file(5), file(6)]);
  });

  it('still has the file of an older choice while a newer one may be unrecorded', async () => {
    const run = open('older', 'validation');
    for (const [i, srocc] of [0.5, 0.1, 0.2, 0.9].entries()) await run.endEpoch(i + 1, srocc);
    // The host may have died before it recorded epoch 4: it resumes from 3, judged by 1.
    expect(await run.files()).toEqual([file(1), file(3), file(4)]);
    const resumed = open('older', 'validation', `${run.path}/${file(3)}`);
    expect(await resumed.record.open()).toEqual({ epoch: 3, step: 30 });
    expect(resumed.record.chosen).toMatchObject({ epoch: 1, value: 0.5 });
  });

  it('saves the finished steps of an epoch whose validation is stopped', async () => {
    const run = open('validating', 'validation');
    await run.endEpoch(1, 0.4);
    const stop = () => Promise.reject(new LabError({ kind: 'cancelled', message: 'stop' }));
    await expect(run.record.whileSafe(1, stop)).rejects.toMatchObject({ kind: 'cancelled' });
    const saved = run.checkpoints().at(-1);
    expect(saved).toMatchObject({ epoch: 1, step: 20, selected: false });
    const resumed = open('validating', 'validation', saved?.path ?? '');
    expect(await resumed.record.open()).toEqual({ epoch: 1, step: 20 });
    expect(resumed.record.chosen.epoch).toBe(1);
  });

  it('keeps a choice marked when its position is saved once more', async () => {
    const run = open('again', 'last');
    await run.endEpoch(1, null);
    const again = run.checkpoints()[0];
    if (!again) throw new Error('an epoch leaves a checkpoint');
    await run.record.checkpoint({ ...again, epochComplete: false });
    expect(run.checkpoints().at(-1)).toMatchObject({ step: 10, selected: true });
  });

  it('chooses anew where the file of its choice has been taken away', async () => {
    const run = open('lost', 'validation');
    for (const [i, srocc] of [0.9, 0.1, 0.2].entries()) await run.endEpoch(i + 1, srocc);
    await rm(`${run.path}/${file(1)}`);
    const resumed = open('lost', 'validation', `${run.path}/${file(3)}`);
    await resumed.record.open();
    expect(() => resumed.record.chosen).toThrow('is not in');
    await resumed.endEpoch(4, 0.3);
    expect(resumed.record.chosen.epoch).toBe(4);
  });
});

describe('TrainingRecord of a training in stages', () => {
  const stage = (id: string, epochs: number) => ({
    id,
    title: id,
    epochs,
    optimizer: 'adam',
    learningRate: 1e-3,
    weightDecay: 0,
    groups: [{ id: 'all', prefixes: [''], rate: () => 1 }],
  });
  const plan = [stage('head', 2), { ...stage('all', 7), fromBest: true }];

  it('chooses anew in every stage, and hands over the best of the one before', async () => {
    const run = open('stages', 'validation', null, plan);
    const before = run.training.model.stateDict();
    await run.endEpoch(1, 0.9);
    const bias = run.training.model.parameters().get('fc3.bias');
    bias?.assign(tf.add(bias, 1));
    await run.endEpoch(2, 0.8);
    expect(run.record.chosen.epoch).toBe(1);
    await run.record.restoreBest();
    expect(run.training.model.stateDict()).toEqual(before);
    await run.endEpoch(3, 0.2);
    expect(run.record.chosen.epoch).toBe(3);
    await run.endEpoch(4, 0.1);
    expect(run.record.chosen.epoch).toBe(3);
  });

  it('writes a checkpoint again with what was missing, moments and position kept', async () => {
    const run = open('rewrite', 'last', null, plan);
    await run.endEpoch(3, null);
    const path = run.record.path({ epoch: 3, step: 30 });
    const untouched = await readFile(path);
    const posted = run.checkpoints().length;
    await run.record.rewrite(path, () => Promise.resolve());
    expect(await readFile(path)).toEqual(untouched);
    expect(run.checkpoints()).toHaveLength(posted + 1);
    expect(run.checkpoints().at(-1)).toMatchObject({ epoch: 3, step: 30, selected: true });
  });
});

describe('pruneCheckpoints', () => {
  it('leaves files alone that are no checkpoints of its own', async () => {
    mkdirSync(inTemp('prune'));
    for (const name of [file(1), file(2), 'notes.txt', 'mine.safetensors']) {
      await writeFile(inTemp('prune', name), '');
    }
    await pruneCheckpoints(inTemp('prune'), { ...nothingChosen, recent: [file(2)] });
    expect(await readdir(inTemp('prune'))).toEqual([file(2), 'mine.safetensors', 'notes.txt']);
  });
});
