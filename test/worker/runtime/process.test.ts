import { mkdirSync } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeImage } from '../../../src/imaging/decode';
import { encodePng } from '../../../src/imaging/encode';
import { sha256 } from '../../../src/imaging/hash';
import { random } from '../../../src/shared/random';
import type {
  AttackPayload,
  EvaluatePayload,
  JobImage,
  NormsPayload,
  TrainPayload,
} from '../../../src/shared/worker-protocol';
import { layouts } from '../../../src/worker/weights';
import { writeSafetensors } from '../../../src/worker/weights/safetensors';
import { bundle } from '../../../scripts/lib/bundle.mjs';
import { hasEngine } from '../../helpers/engines';
import { useTempDir } from '../../helpers/temp-dir';
import { WorkerProcess } from '../../helpers/worker-process';

const inTemp = useTempDir();
const [height, width] = [52, 60];
let worker: { path: string; remove: () => void };
let images: JobImage[] = [];
const started: WorkerProcess[] = [];

/** Smooth patterns under noise of growing strength: the more noise, the lower the rating. */
async function makeImage(id: number): Promise<JobImage> {
  const stream = random(id, 'test-image');
  const amplitude = 6 * id;
  const data = Uint8Array.from({ length: height * width * 3 }, (_, i) => {
    const [x, y] = [Math.floor(i / 3) % width, Math.floor(i / 3 / width)];
    const smooth = 128 + 60 * Math.sin(x / (4 + id)) * Math.cos(y / 5);
    return Math.min(255, Math.max(0, Math.round(smooth + stream.uniform(-amplitude, amplitude))));
  });
  const bytes = await encodePng({ height, width, data });
  const path = inTemp(`${id}.png`);
  await writeFile(path, bytes);
  return { id, path, sha256: sha256(bytes), mos: 100 - 8 * id };
}

beforeAll(async () => {
  worker = await bundle('src/worker/index.ts');
  images = await Promise.all(Array.from({ length: 12 }, (_, i) => makeImage(i)));
});
afterAll(async () => {
  await Promise.all(started.map((process) => process.kill()));
  worker.remove();
});

function spawn(): WorkerProcess {
  const process = new WorkerProcess(worker.path);
  started.push(process);
  return process;
}

/** 8 pictures x 6 views in batches of 5: ten steps an epoch, the last one smaller. */
const stepsPerEpoch = 10;
function trainPayload(name: string, over: Partial<TrainPayload> = {}): TrainPayload {
  const checkpointDir = inTemp(name);
  mkdirSync(checkpointDir, { recursive: true });
  return {
    kind: 'train',
    runId: 1,
    modelId: 'cnniqa',
    modelParams: { kernels: 6, hidden: 24, dropout: 0.3 },
    trainer: {
      epochs: 4,
      batchSize: 5,
      learningRate: 0.002,
      trainViews: 6,
      testViews: 5,
      viewMethod: 'random',
      loss: 'l1',
      optimizer: 'adam',
    },
    nt: { lambda: 0.0001 },
    seed: 7,
    cacheDir: inTemp('cache'),
    train: images.slice(0, 8),
    validation: images.slice(8),
    selectOn: [],
    selection: 'validation',
    checkpointDir,
    initial: [],
    resumeFrom: null,
    ...over,
  };
}

describe('the worker process without an engine', () => {
  it('says what a weight file is, or why it is nothing', async () => {
    const process = spawn();
    const inspect = (requestId: number, path: string) =>
      process.send({ type: 'inspect-weights', requestId, path });
    const good = inTemp('scnn.safetensors');
    await writeFile(good, scnnFile());
    inspect(1, good);
    expect(await process.until('weights')).toMatchObject({
      requestId: 1,
      facts: { kind: 'trunk', id: 'scnn' },
    });
    const bad = inTemp('page.pth');
    await writeFile(bad, '<!doctype html> the download did not work');
    inspect(2, bad);
    const { requestId, error } = await process.until('weights-refused');
    expect(requestId).toBe(2);
    expect(error.message).toMatch(/web page/);
    expect(process.of('engine')).toEqual([]);
    await process.shutdown();
  });
});

/** Zeros under the names and shapes of the published S-CNN. */
function scnnFile(): Uint8Array {
  const [variant] = layouts.find('scnn').variants;
  const tensors = [...(variant?.tensors ?? [])].map(([name, { shape }]) => {
    const count = shape.reduce((product, size) => product * size, 1);
    return [name, { shape, data: new Float32Array(count) }] as const;
  });
  return writeSafetensors(new Map(tensors));
}

for (const engine of ['cpu', 'wasm'] as const) {
  describe.skipIf(!hasEngine(engine))(`the worker process on ${engine}`, () => {
    const name = (what: string): string => `${engine}-${what}`;
    let whole: { sha: string; checkpoint: string };

    function onEngine(): WorkerProcess {
      const process = spawn();
      process.send({ type: 'load-engine', name: engine });
      return process;
    }

    /** For the jobs that leave their process alive: one after the other, as in the lab. */
    let process: WorkerProcess;
    beforeAll(() => {
      process = onEngine();
    });
    afterAll(() => process.shutdown());

    it('trains, and tells steps, epochs, checkpoints and progress', async () => {
      const id = process.start(trainPayload(name('whole')));
      const { train } = await process.until('done', id);
      if (!train) throw new Error('a training reports a summary');
      const steps = process.of('steps', id).flatMap((message) => message.steps);
      expect(steps.map(({ step }) => step)).toEqual(Array.from({ length: 40 }, (_, i) => i + 1));
      expect(steps.every(({ total, normTerm }) => Number.isFinite(total) && normTerm > 0)).toBe(
        true,
      );
      const epochs = process.of('epoch', id).map((message) => message.epoch);
      expect(epochs.map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4]);
      expect(epochs.every(({ validationSrocc }) => validationSrocc !== null)).toBe(true);
      expect(train).toMatchObject({ epochs: 4, steps: 40, stoppedEarly: false });
      const selected = process.of('checkpoint', id).filter(({ checkpoint }) => checkpoint.selected);
      expect(selected.at(-1)?.checkpoint.path).toBe(train.selectedCheckpoint);
      const sroccs = epochs.map(({ validationSrocc }) => validationSrocc ?? -1);
      expect(train.selectedEpoch).toBe(sroccs.indexOf(Math.max(...sroccs)) + 1);
      expect(process.of('progress', id).at(-1)?.progress).toMatchObject({
        unit: 'steps',
        total: 40,
      });
      expect(process.of('alive').every(({ memoryBytes }) => memoryBytes > 1e6)).toBe(true);
      // The last two and the chosen ones stay; nothing temporary does.
      expect((await readdir(inTemp(name('whole')))).length).toBeLessThanOrEqual(4);
      whole = { sha: train.weightsSha256, checkpoint: train.selectedCheckpoint };
    });

    it('killed in mid-training, it resumes to the same weights bit for bit', async () => {
      const first = onEngine();
      const payload = trainPayload(name('killed'));
      const id = first.start(payload);
      const { checkpoint } = await first.until('checkpoint', id, 2);
      await first.kill();
      expect(first.of('done')).toEqual([]);
      const second = onEngine();
      const resumed = second.start({ ...payload, resumeFrom: checkpoint.path });
      const { train } = await second.until('done', resumed);
      expect(train?.weightsSha256).toBe(whole.sha);
      const [firstSteps] = second.of('steps', resumed);
      expect(firstSteps?.steps[0]?.step).toBe(2 * stepsPerEpoch + 1);
      await second.shutdown();
    });

    it('stopped in mid-epoch, it saves its position and resumes to the same weights', async () => {
      const payload = trainPayload(name('stopped'));
      const id = process.start(payload);
      await process.until('epoch', id);
      process.control(id, 'stop');
      await process.until('stopped', id);
      const saved = process.of('checkpoint', id).at(-1)?.checkpoint;
      expect(process.of('done', id)).toEqual([]);
      const resumed = process.start({ ...payload, resumeFrom: saved?.path ?? 'none' });
      const { train } = await process.until('done', resumed);
      expect(train?.weightsSha256).toBe(whole.sha);
    });

    it('stops after the epoch when asked, and is done', async () => {
      const id = process.start(trainPayload(name('early')));
      await process.until('started', id);
      process.control(id, 'stop-after-epoch');
      const { train } = await process.until('done', id);
      expect(train).toMatchObject({ epochs: 1, steps: stepsPerEpoch, stoppedEarly: true });
    });

    it('scores, attacks and measures gradients, with one clean score for all', async () => {
      const imageDir = inTemp(name('images'));
      await mkdir(imageDir);
      const base = { ...trainPayload(name('whole')), checkpoint: whole.checkpoint, doneBefore: 0 };
      const evaluate: EvaluatePayload = { ...base, kind: 'evaluate', images };
      const scored = process.start(evaluate);
      await process.until('done', scored);
      const scores = process.of('scores', scored).flatMap((message) => message.rows);
      expect(scores.map(({ imageId }) => imageId)).toEqual(images.map(({ id }) => id));
      expect(scores.map(({ views }) => views)).toEqual(images.map(() => 5));

      for (const unit of ['crop', 'image']) {
        const attack: AttackPayload = {
          ...base,
          kind: 'attack',
          images,
          attackId: 'fgsm',
          params: {},
          run: { unit },
          attackSeed: 3,
          files: [],
          measures: [],
          imageDir,
          traceIds: [],
        };
        const attacked = process.start(attack);
        await process.until('done', attacked);
        const rows = process.of('attacks', attacked).flatMap((message) => message.rows);
        expect(rows.map(({ clean }) => clean)).toEqual(scores.map(({ score }) => score));
        // 0.005 in float32 arithmetic near 1: half a unit of 2^-23 on top.
        expect(rows.every(({ linfFloat }) => linfFloat <= 0.005 + 2 ** -24)).toBe(true);
        const changes = rows.map((row) => row.attackedFloat - row.clean);
        expect(Math.max(...changes.map(Math.abs))).toBeGreaterThan(0);
        const saved = await decodeImage(inTemp(name('images'), rows[0]?.artifact ?? 'none'));
        expect([saved.height, saved.width]).toEqual([height, width]);
        expect(process.of('warning', attacked).map(({ warning }) => warning.code)).not.toContain(
          'not-repeatable',
        );
      }

      const norms: NormsPayload = { ...base, kind: 'norms', images, params: {} };
      const measured = process.start(norms);
      await process.until('done', measured);
      const rows = process.of('norms', measured).flatMap((message) => message.rows);
      expect(rows).toHaveLength(images.length);
      expect(rows.every(({ exact, estimate }) => exact > 0 && estimate > 0)).toBe(true);
    });

    it('computes the rest of a batch as it would have computed the whole', async () => {
      const attack: AttackPayload = {
        ...trainPayload(name('whole')),
        kind: 'attack',
        checkpoint: whole.checkpoint,
        images,
        doneBefore: 0,
        attackId: 'i-fgsm',
        params: { loss: 'mae', steps: 2 },
        run: { keepImages: 'none' },
        attackSeed: 3,
        files: [],
        measures: [],
        imageDir: inTemp('none'),
        traceIds: [],
      };
      const rows = async (payload: AttackPayload) => {
        const id = process.start(payload);
        await process.until('done', id);
        const all = process.of('attacks', id).flatMap((message) => message.rows);
        return all.map((row) => ({ ...row, durationMs: 0 }));
      };
      const all = await rows(attack);
      const rest = await rows({ ...attack, images: images.slice(7), doneBefore: 7 });
      expect(rest).toEqual(all.slice(7));
      expect(all.every(({ artifact }) => artifact === null)).toBe(true);
    });

    it('pauses and goes on where it was', async () => {
      const id = process.start(trainPayload(name('paused')));
      await process.until('started', id);
      process.control(id, 'pause');
      await process.until('paused', id);
      const before = process.of('steps', id).length;
      await new Promise((resolve) => setTimeout(resolve, 400));
      // At most the steps that were waiting for company when the pause began.
      expect(process.of('steps', id).length).toBeLessThanOrEqual(before + 1);
      expect(process.of('done', id)).toEqual([]);
      process.control(id, 'resume');
      const { train } = await process.until('done', id);
      expect(process.of('resumed', id)).toHaveLength(1);
      expect(train?.weightsSha256).toBe(whole.sha);
    });
  });
}

describe('the worker process', () => {
  it('reports what is wrong with a job and takes the next', async () => {
    const process = spawn();
    process.send({ type: 'load-engine', name: 'wasm' });
    const broken = process.start(trainPayload('broken', { modelId: 'cnnika' }));
    await expect(process.until('done', broken)).rejects.toThrow('there is no model \\"cnnika\\"');
    const gone = trainPayload('gone', {
      train: [{ id: 1, path: inTemp('gone.png'), sha256: 'f'.repeat(64), mos: 1 }],
    });
    const missing = process.start(gone);
    await expect(process.until('done', missing)).rejects.toThrow('missing-file');
    const misspelt = process.start(trainPayload('misspelt', { trainer: { epoch: 3 } }));
    await expect(process.until('done', misspelt)).rejects.toThrow('Did you mean \\"epochs\\"?');
    await process.shutdown();
  });

  it('ends when its host does', async () => {
    const process = spawn();
    await process.until('hello');
    process.disconnect();
    await process.exited;
    expect(process.of('hello')).toHaveLength(1);
  });
});
