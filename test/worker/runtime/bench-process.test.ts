import { mkdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodePng } from '../../../src/imaging/encode';
import { sha256 } from '../../../src/imaging/hash';
import { random } from '../../../src/shared/random';
import type {
  AttackPayload,
  BenchPayload,
  JobImage,
  TrainPayload,
} from '../../../src/shared/worker-protocol';
import { toBytes } from '../../../src/worker/data/pixels';
import { bundle } from '../../../scripts/lib/bundle.mjs';
import { hasEngine } from '../../helpers/engines';
import { useTempDir } from '../../helpers/temp-dir';
import { WorkerProcess } from '../../helpers/worker-process';

const inTemp = useTempDir();
const [height, width] = [52, 60];
const engine = hasEngine('cpu') ? 'cpu' : 'wasm';
let worker: { path: string; remove: () => void };
let lab: WorkerProcess;
let bench: BenchPayload;
let requests = 0;

async function makeImage(id: number): Promise<JobImage> {
  const stream = random(id, 'bench-image');
  const data = Uint8Array.from({ length: height * width * 3 }, () => 60 + stream.integer(140));
  const bytes = await encodePng({ height, width, data });
  const path = inTemp(`${id}.png`);
  await writeFile(path, bytes);
  return { id, path, sha256: sha256(bytes), mos: 20 * id };
}

beforeAll(async () => {
  worker = await bundle('src/worker/index.ts');
  lab = new WorkerProcess(worker.path);
  lab.send({ type: 'load-engine', name: engine });
  const images = await Promise.all([1, 2, 3, 4].map(makeImage));
  const checkpointDir = inTemp('run');
  mkdirSync(checkpointDir);
  const training: TrainPayload = {
    kind: 'train',
    runId: 1,
    modelId: 'cnniqa',
    modelParams: { kernels: 4, hidden: 8 },
    // 70 views of 32 x 32 are more than a preview's 256 x 256 pixels, which are 64 of them.
    trainer: { epochs: 1, batchSize: 4, trainViews: 2, testViews: 70, viewMethod: 'random' },
    nt: null,
    seed: 5,
    cacheDir: inTemp('cache'),
    train: images,
    validation: [],
    selectOn: [],
    selection: 'last',
    checkpointDir,
    initial: [],
    resumeFrom: null,
  };
  const { train } = await lab.until('done', lab.start(training));
  bench = {
    ...training,
    checkpoint: train?.selectedCheckpoint ?? '',
    image: images[1] as JobImage,
    attackId: 'i-fgsm',
    params: { steps: 3, epsilon: 0.02 },
    run: {},
    files: [],
    measures: [],
    attackSeed: 3,
    scope: 'full',
  };
});
afterAll(async () => {
  await lab.shutdown();
  worker.remove();
});

async function ask(changes: Partial<BenchPayload> = {}) {
  const requestId = ++requests;
  lab.send({ type: 'bench', requestId, payload: { ...bench, ...changes } });
  for (let count = 1; ; count++) {
    const answer = await lab.until('bench-answer', undefined, count);
    if (answer.requestId === requestId) return answer.reply;
  }
}

describe(`the bench on ${engine}`, () => {
  for (const unit of ['crop', 'image']) {
    it(`gives the numbers a batch stores, unit ${unit}`, async () => {
      const run = { unit, keepImages: 'none' };
      const attack: AttackPayload = {
        ...bench,
        kind: 'attack',
        images: [bench.image],
        doneBefore: 0,
        run,
        imageDir: inTemp('none'),
        files: [],
        measures: [],
        traceIds: [],
      };
      const id = lab.start(attack);
      await lab.until('done', id);
      const [stored] = lab.of('attacks', id).flatMap((message) => message.rows);
      const { result, attacked, clean } = await ask({ run });
      expect({ ...result.row, durationMs: 0 }).toEqual({ ...stored, durationMs: 0 });
      expect(result).toMatchObject({ width, height, views: 70, viewsInAll: 70 });
      expect([clean.length, attacked.length]).toEqual([height * width * 3, height * width * 3]);
      const saved = toBytes(attacked);
      const largest = saved.reduce(
        (most, v, i) => Math.max(most, Math.abs(v - (clean[i] ?? 0))),
        0,
      );
      // What is shown as saved is what was scored as saved.
      expect(largest / 255).toBeCloseTo(result.row.linfEightBit, 6);
    });
  }

  it('shows the score before each step', async () => {
    const { result } = await ask();
    expect(result.trace).toHaveLength(3);
    // The first look is at the unchanged picture: mean of the same views' scores in float32.
    expect(result.trace[0]).toBeCloseTo(result.row.clean, 4);
  });

  it('attacks the first views of a picture in a preview, and says so', async () => {
    const { result } = await ask({ scope: 'preview' });
    expect(result).toMatchObject({ scope: 'preview', views: 64, viewsInAll: 70 });
  });

  it('gives up an attack that nobody waits for, and answers the next as if nothing had been', async () => {
    const before = await ask();
    const requestId = ++requests;
    const told = lab.of('bench-phase').length;
    const endless = { ...bench, params: { ...bench.params, steps: 1000 } };
    lab.send({ type: 'bench', requestId, payload: endless });
    // It has opened the picture and looked at the model.
    await lab.until('bench-phase', undefined, told + 2);
    lab.send({ type: 'bench-cancel', requestId });
    const refused = await lab.until('bench-refused');
    expect(refused).toMatchObject({ requestId, error: { kind: 'cancelled' } });
    const after = await ask();
    expect({ ...after.result.row, durationMs: 0 }).toEqual({ ...before.result.row, durationMs: 0 });
    expect(after.attacked).toEqual(before.attacked);
  });

  it('refuses a setting that does not exist, and goes on', async () => {
    const requestId = ++requests;
    lab.send({ type: 'bench', requestId, payload: { ...bench, params: { epsilom: 1 } } });
    const refused = await lab.until('bench-refused', undefined, 2);
    expect(refused.error.next).toContain('epsilon');
    expect((await ask()).result.views).toBe(70);
  });
});
