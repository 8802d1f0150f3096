import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { EpochMetric, StepMetric, Warning } from '@shared/domain/run';
import { LabError } from '@shared/errors';
import { defaultValues } from '@shared/params';
import { buildTraining, loadCheckpoint, ntParams, trainLoop } from '../../../src/worker/training';
import type {
  LoopOptions,
  LoopResult,
  Position,
  SavedCheckpoint,
  Training,
  TrainingControl,
} from '../../../src/worker/training';
import { LossWatch } from '../../../src/worker/training/watch';
import { eachEngine } from '../../helpers/engines';
import { brightnessData, smoothDef } from './toy';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'iqalab-loop-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const free: TrainingControl = { checkpoint: () => Promise.resolve(), stopAfterEpoch: false };

/** Stops a training before its n-th step of this call. */
function stopBefore(n: number): TrainingControl {
  let asked = 0;
  return {
    stopAfterEpoch: false,
    checkpoint: () => {
      asked += 1;
      if (asked < n) return Promise.resolve();
      return Promise.reject(new LabError({ kind: 'cancelled', message: 'stopped on request' }));
    },
  };
}

interface Recorded {
  readonly result: LoopResult;
  readonly steps: StepMetric[];
  readonly epochs: EpochMetric[];
  readonly saved: SavedCheckpoint[];
  readonly warnings: Warning[];
}

function training(overrides: Record<string, number | string> = {}): Training {
  return buildTraining(smoothDef, {
    modelParams: {},
    trainer: {
      epochs: 3,
      schedule: 'cosine',
      warmupSteps: 2,
      ...smoothDef.recipe.trainer,
      ...overrides,
    },
    nt: defaultValues(ntParams, smoothDef.recipe.nt),
    seed: 4,
  });
}

async function run(
  made: Training,
  options: Partial<LoopOptions> = {},
  prefix = 'a',
): Promise<Recorded> {
  const recorded = { steps: [], epochs: [], saved: [], warnings: [] } as Omit<Recorded, 'result'>;
  const result = await trainLoop({
    training: made,
    data: brightnessData(5),
    model: { modelId: 'smooth', modelVersion: 1 },
    from: { epoch: 0, step: 0 },
    control: free,
    events: {
      onSteps: (steps) => void recorded.steps.push(...steps),
      onEpoch: (epoch) => void recorded.epochs.push(epoch),
      onCheckpoint: (checkpoint) => void recorded.saved.push(checkpoint),
      onWarning: (warning) => void recorded.warnings.push(warning),
    },
    checkpointPath: ({ epoch, step }: Position) =>
      join(folder, `${prefix}-${epoch}-${step}.safetensors`),
    ...options,
  });
  return { result, ...recorded };
}

eachEngine('a training', () => {
  test('lowers its loss, reports every step and epoch once, and saves after each epoch', async () => {
    const before = tf.memory().numTensors;
    const made = training({ epochs: 8 });
    const { result, steps, epochs, saved, warnings } = await run(made);
    made.dispose();
    expect(tf.memory().numTensors).toBe(before);
    expect(result).toEqual({ epoch: 8, step: 40, stoppedEarly: false });
    expect(steps.map((metric) => metric.step)).toEqual(Array.from({ length: 40 }, (_, i) => i + 1));
    expect(epochs.map((metric) => [metric.epoch, metric.step])).toEqual(
      Array.from({ length: 8 }, (_, i) => [i + 1, (i + 1) * 5]),
    );
    expect(saved.map((checkpoint) => checkpoint.epochComplete)).toEqual(Array(8).fill(true));
    expect(warnings).toEqual([]);
    for (const { qualityLoss, normTerm, total, normEstimate } of steps) {
      expect(total).toBe(qualityLoss + normTerm);
      expect(normEstimate).toBeGreaterThan(0);
    }
    const mean = (part: StepMetric[]): number =>
      part.reduce((sum, metric) => sum + metric.total, 0) / part.length;
    expect(mean(steps.slice(-5))).toBeLessThan(0.7 * mean(steps.slice(0, 5)));
    // Warm-up over two steps, then the cosine over 40.
    expect(steps[0]?.learningRate).toBeCloseTo(0.005, 10);
    expect(steps[20]?.learningRate).toBeCloseTo(0.005, 10);
  });

  test('is the same to the last bit when run again', async () => {
    const [first, second] = [training(), training()];
    await run(first, {}, 'a');
    await run(second, {}, 'b');
    expect(second.model.stateDict()).toEqual(first.model.stateDict());
    first.dispose();
    second.dispose();
  });

  test.each([1, 4, 6, 11])(
    'stopped before step %d and resumed in a new process’s place, ends with the uninterrupted bits',
    async (n) => {
      const whole = training();
      const { steps: expected } = await run(whole, {}, 'whole');
      const interrupted = training();
      const part = await run(interrupted, { control: stopBefore(n) }, 'part');
      expect(part.result).toEqual({
        epoch: Math.floor((n - 1) / 5),
        step: n - 1,
        stoppedEarly: true,
      });
      interrupted.dispose();
      const resumed = training();
      const path = part.saved.at(-1)?.path ?? '';
      const from = await loadCheckpoint(path, resumed.model, resumed.optimizer);
      const rest = await run(resumed, { from }, 'part');
      expect([...part.steps, ...rest.steps]).toEqual(expected);
      expect(resumed.model.stateDict()).toEqual(whole.model.stateDict());
      expect(resumed.optimizer.state()).toEqual(whole.optimizer.state());
      whole.dispose();
      resumed.dispose();
    },
  );

  test('asked to stop after the epoch, it validates and saves that epoch first', async () => {
    const made = training();
    let asked = 0;
    const control: TrainingControl = {
      get stopAfterEpoch() {
        return asked >= 7;
      },
      checkpoint: () => {
        asked += 1;
        return Promise.resolve();
      },
    };
    const { result, epochs, saved } = await run(made, { control });
    expect(result).toEqual({ epoch: 2, step: 10, stoppedEarly: true });
    expect(epochs).toHaveLength(2);
    expect(saved.at(-1)).toMatchObject({ epoch: 2, step: 10, epochComplete: true });
    made.dispose();
  });

  test('lets timers and messages in between steps', async () => {
    const made = training();
    let ticks = 0;
    const timer = setInterval(() => (ticks += 1), 0);
    const { steps } = await run(made, { control: { ...free, checkpoint: () => delay(1) } });
    clearInterval(timer);
    expect(steps).toHaveLength(15);
    expect(ticks).toBeGreaterThan(5);
    made.dispose();
  });

  test('a loss that is not finite stops it with the term’s name; steps and checkpoints so far are kept', async () => {
    const made = training();
    const data = brightnessData(5);
    const poisoned: typeof data = {
      ...data,
      async *batches(epoch, first) {
        let index = first;
        for await (const batch of data.batches(epoch, first)) {
          const bad = epoch === 1 && index === 2;
          yield bad ? { ...batch, x: batch.x.with(0, Number.NaN) } : batch;
          index += 1;
        }
      },
    };
    const steps: StepMetric[] = [];
    const failure = await run(made, {
      data: poisoned,
      events: { onSteps: (part) => void steps.push(...part) },
    }).catch((error: unknown) => error);
    expect(failure).toMatchObject({
      kind: 'non-finite',
      message: 'training stopped at step 8: the quality loss is NaN',
    });
    expect(steps).toHaveLength(7);
    expect(await readdir(folder)).toEqual(['a-1-5.safetensors']);
    expect((await readFile(join(folder, 'a-1-5.safetensors'))).length).toBeGreaterThan(1000);
    made.dispose();
  });
});

describe('watching the loss', () => {
  test('a leap to more than ten times the running median is said once an epoch', () => {
    const watch = new LossWatch();
    for (let step = 1; step <= 20; step++)
      expect(watch.add(2 + (step % 3), 0, step)).toBeUndefined();
    expect(watch.add(29, 0, 21)).toBeUndefined();
    expect(watch.add(31, 0, 22)).toMatchObject({ code: 'loss-jump' });
    expect(watch.add(31, 0, 23)).toBeUndefined();
    expect(watch.add(31, 1, 24)?.message).toContain('at step 24');
  });

  test('says nothing while there is too little to compare with', () => {
    const watch = new LossWatch();
    for (let step = 1; step < 10; step++) watch.add(1, 0, step);
    expect(watch.add(1000, 0, 10)).toBeUndefined();
  });
});
