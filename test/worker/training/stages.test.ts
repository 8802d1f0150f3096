import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { LabError } from '@shared/errors';
import { defaultValues } from '@shared/params';
import type { ModelDef } from '../../../src/worker/models/model';
import type { TrainingPlan } from '../../../src/worker/models/plan';
import { buildTraining, loadCheckpoint, ntParams, trainLoop } from '../../../src/worker/training';
import type { LoopResult, Position, Training } from '../../../src/worker/training';
import { stageAt, startsFromBest, totalEpochs } from '../../../src/worker/training/stages';
import { eachEngine } from '../../helpers/engines';
import { brightnessData, smoothDef } from './toy';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'iqalab-stages-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

/** The head alone with SGD, then everything with Adam, anew every epoch; the head leaves after one epoch. */
const plan: TrainingPlan = [
  {
    id: 'head',
    title: 'head only',
    epochs: 2,
    optimizer: 'sgd',
    learningRate: 0.001,
    weightDecay: 0.01,
    groups: [{ id: 'head', prefixes: ['head.'], rate: () => 1 }],
    norm: false,
  },
  {
    id: 'all',
    title: 'all weights',
    epochs: 3,
    optimizer: 'adam',
    learningRate: 0.01,
    weightDecay: 0,
    groups: [
      { id: 'head', prefixes: ['head.'], rate: (epoch) => (epoch === 0 ? 10 : null) },
      { id: 'body', prefixes: [''], rate: () => 1 },
    ],
    fromBest: true,
    freshEachEpoch: true,
  },
];

const PER_EPOCH = 4;
const planned: ModelDef = { ...smoothDef, recipe: { ...smoothDef.recipe, plan: () => plan } };

function training(def: ModelDef = planned): Training {
  return buildTraining(def, {
    modelParams: {},
    trainer: { epochs: 5, schedule: 'cosine', warmupSteps: 2, ...smoothDef.recipe.trainer },
    nt: defaultValues(ntParams, smoothDef.recipe.nt),
    seed: 4,
  });
}

interface Recorded {
  readonly result: LoopResult;
  /** Weights after each saved position. */
  readonly saved: readonly string[];
  readonly normTerms: readonly number[];
  readonly rates: readonly number[];
}

/** Trains on; asked to stop before its n-th step. The best of the first stage is its first epoch, kept as a copy. */
async function run(made: Training, from: Position, stopBefore = Infinity): Promise<Recorded> {
  const best = join(folder, 'best.safetensors');
  const recorded = { saved: [] as string[], normTerms: [] as number[], rates: [] as number[] };
  let asked = 0;
  const result = await trainLoop({
    training: made,
    data: brightnessData(PER_EPOCH),
    model: { modelId: 'smooth', modelVersion: 1 },
    from,
    control: {
      stopAfterEpoch: false,
      checkpoint: () => {
        asked += 1;
        if (asked < stopBefore) return Promise.resolve();
        return Promise.reject(new LabError({ kind: 'cancelled', message: 'stop' }));
      },
    },
    events: {
      onSteps: (steps) => {
        for (const { normTerm, learningRate } of steps) {
          recorded.normTerms.push(normTerm);
          recorded.rates.push(learningRate);
        }
      },
      onCheckpoint: async ({ path, epoch, epochComplete }) => {
        recorded.saved.push(path);
        if (epoch === 1 && epochComplete) await copyFile(path, best);
      },
    },
    checkpointPath: ({ step }) => join(folder, `${step}.safetensors`),
    restoreBest: async () => {
      await loadCheckpoint(best, made.model, null);
    },
  });
  return { result, ...recorded };
}

describe('a plan', () => {
  test('says for every epoch which stage it belongs to, and how far in', () => {
    expect(totalEpochs(plan)).toBe(5);
    expect([0, 1, 2, 3, 4].map((epoch) => stageAt(plan, epoch).stage.id)).toEqual([
      'head',
      'head',
      'all',
      'all',
      'all',
    ]);
    expect(stageAt(plan, 3)).toMatchObject({ index: 1, epoch: 1, before: 2 });
    expect(() => stageAt(plan, 5)).toThrow('5 epochs, got epoch index 5');
  });

  test('passes over a stage without epochs, which then has no best weights to start from', () => {
    const [head, all] = plan as [TrainingPlan[0], TrainingPlan[0]];
    const short = [{ ...head, epochs: 0 }, all];
    expect(stageAt(short, 0)).toMatchObject({ index: 1, epoch: 0, before: 0 });
    expect(startsFromBest(short, 0)).toBe(false);
    expect([1, 2, 3].map((epoch) => startsFromBest(plan, epoch))).toEqual([false, true, false]);
  });
});

eachEngine('training in stages', () => {
  test('moves only what a stage trains, by its own rates, with the norm term where it has one', async () => {
    const made = training();
    const names = [...made.model.parameters().keys()];
    const values = (): Record<string, Float32Array> =>
      Object.fromEntries([...made.model.stateDict()].map(([name, { data }]) => [name, data]));
    const moved = (before: Record<string, Float32Array>, after: Record<string, Float32Array>) =>
      names.filter((name) => !before[name]?.every((value, i) => value === after[name]?.[i]));
    const start = values();
    const { result, normTerms, rates, saved } = await run(made, { epoch: 0, step: 0 });
    expect(result).toEqual({ epoch: 5, step: 20, stoppedEarly: false });
    const after: Record<string, Float32Array>[] = [];
    for (const path of saved) {
      await loadCheckpoint(path, made.model, null);
      after.push(values());
    }
    const [one, two, three, four] = after as [
      Record<string, Float32Array>,
      Record<string, Float32Array>,
      Record<string, Float32Array>,
      Record<string, Float32Array>,
    ];
    expect(moved(start, one)).toEqual(['head.weight', 'head.bias']);
    // BatchNorm's stored statistics follow the pictures even while its weights rest, as in PyTorch's train mode.
    expect(one['norm.running_mean']).not.toEqual(start['norm.running_mean']);
    expect(moved(one, three)).toEqual(names);
    expect(moved(three, four)).toEqual(names.filter((name) => !name.startsWith('head.')));
    expect(moved(one, two)).toEqual(['head.weight', 'head.bias']);
    expect(normTerms.slice(0, 8).every((term) => term === 0)).toBe(true);
    expect(normTerms.slice(8).every((term) => term > 0)).toBe(true);
    // Each stage has its own warm-up over two steps and its own cosine over all of its steps.
    expect(rates[0]).toBe(0.0005);
    expect(rates[4]).toBeCloseTo(0.0005, 12);
    expect(rates[8]).toBe(0.005);
    expect(rates[14]).toBeCloseTo(0.005, 12);
    made.dispose();
  });

  test.each([2, 5, 7, 9, 10, 13, 17])(
    'stopped before step %d and resumed, ends with the uninterrupted bits',
    async (n) => {
      const before = tf.memory().numTensors;
      const whole = training();
      await run(whole, { epoch: 0, step: 0 });
      const interrupted = training();
      const part = await run(interrupted, { epoch: 0, step: 0 }, n);
      expect(part.result).toMatchObject({ step: n - 1, stoppedEarly: true });
      interrupted.dispose();
      const resumed = training();
      const from = await loadCheckpoint(part.saved.at(-1) ?? '', resumed.model, resumed.optimizer);
      await run(resumed, from);
      expect(resumed.model.stateDict()).toEqual(whole.model.stateDict());
      expect(resumed.optimizer.state()).toEqual(whole.optimizer.state());
      whole.dispose();
      resumed.dispose();
      expect(tf.memory().numTensors).toBe(before);
    },
  );

  test('keeps no moments that the next epoch begins without', async () => {
    const made = training();
    await run(made, { epoch: 0, step: 0 }, 9);
    expect(made.optimizer.state().size).toBe(0);
    made.dispose();
  });
});
