import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { encodePng } from '../../../src/imaging/encode';
import { sha256 } from '../../../src/imaging/hash';
import type { ParamValues } from '../../../src/shared/params';
import { random } from '../../../src/shared/random';
import type {
  EvaluatePayload,
  JobImage,
  TrainPayload,
  WorkerMessage,
} from '../../../src/shared/worker-protocol';
import { loadEngine } from '../../../src/worker/engine';
import { models } from '../../../src/worker/models';
import { evaluate } from '../../../src/worker/runtime/executors/evaluate';
import { takeAsImported } from '../../../src/worker/runtime/executors/take-as-imported';
import { Job } from '../../../src/worker/runtime/job';
import { readFacts } from '../../../src/worker/runtime/weight-facts';
import { writeWeights } from '../../../src/worker/runtime/write-weights';
import { saveCheckpoint, weightsSha256 } from '../../../src/worker/training';
import { readWeights } from '../../../src/worker/weights';
import { torchPython } from '../../helpers/torch-python';
import { useTempDir } from '../../helpers/temp-dir';

const inTemp = useTempDir();
const labScale = { scale: 100, offset: 0 };
/** CNNIQA small enough for a test: its own file is the only one that can say how small. */
const small: ParamValues = { kernels: 4, hidden: 6 };
let images: JobImage[] = [];

beforeAll(async () => {
  await loadEngine('wasm');
  images = await Promise.all(
    [1, 2, 3, 4, 5, 6].map(async (id) => {
      const stream = random(id, 'test-image');
      const data = Uint8Array.from({ length: 40 * 40 * 3 }, () =>
        Math.round(128 + 20 * id * stream.uniform(-1, 1)),
      );
      const bytes = await encodePng({ height: 40, width: 40, data });
      await writeFile(inTemp(`${id}.png`), bytes);
      return { id, path: inTemp(`${id}.png`), sha256: sha256(bytes), mos: 90 - 10 * id };
    }),
  );
});

const common = (modelParams: ParamValues) => ({
  runId: 1,
  modelId: 'cnniqa',
  modelParams,
  trainer: { testViews: 2 },
  nt: null,
  seed: 1,
  cacheDir: inTemp('cache'),
});

/** A file as a lab writes it of a drawn network. */
async function ownFile(name: string, modelParams: ParamValues, seed = 5) {
  const def = models.find('cnniqa');
  const model = def.build({ ...defaults(), ...modelParams }, seed);
  const checkpoint = inTemp(`${name}.checkpoint`);
  const meta = { modelId: 'cnniqa', modelVersion: def.version, epoch: 3, step: 9, extra: {} };
  const moments = { state: () => new Map([['m/x', { shape: [1], data: Float32Array.of(1) }]]) };
  await saveCheckpoint(checkpoint, model, moments, meta);
  const weights = weightsSha256(model.stateDict());
  model.dispose();
  return { checkpoint, weights };
}

const defaults = (): ParamValues =>
  Object.fromEntries(models.find('cnniqa').params.map((spec) => [spec.id, spec.default]));

const order = (checkpoint: string, path: string, format: 'safetensors' | 'torch') => ({
  checkpoint,
  path,
  format,
  modelParams: { ...defaults(), ...small },
  labScale,
  about: { run: 'A run' },
});

async function imported(path: string, scale: 'own' | 'fitted') {
  const said: WorkerMessage[] = [];
  const job = new Job(1, (message) => said.push(message));
  const checkpointDir = inTemp(`run-${scale}`);
  mkdirSync(checkpointDir, { recursive: true });
  const digest = createHash('sha256').update(readFileSync(path)).digest('hex');
  const payload: TrainPayload = {
    ...common({ ...defaults(), ...small }),
    kind: 'train',
    train: images,
    validation: [],
    selectOn: [],
    selection: 'last',
    checkpointDir,
    initial: [{ path, sha256: digest, label: 'own file' }],
    resumeFrom: null,
    imported: { scale },
  };
  const summary = await takeAsImported(payload, scale, job);
  return { summary, said };
}

async function scores(checkpoint: string, line: { scale: number; offset: number }) {
  const said: WorkerMessage[] = [];
  const payload: EvaluatePayload = {
    ...common({ ...defaults(), ...small }),
    kind: 'evaluate',
    checkpoint,
    labScale: line,
    images,
    doneBefore: 0,
  };
  await evaluate(payload, new Job(2, (message) => said.push(message)));
  return said.flatMap((message) => (message.type === 'scores' ? message.rows : []));
}

describe('weights written for other programs', () => {
  it('say of which network they are, and are recognised by that whatever its size', async () => {
    const { checkpoint } = await ownFile('a', small);
    const path = inTemp('a.safetensors');
    const written = await writeWeights(order(checkpoint, path, 'safetensors'));
    expect(written.sha256).toBe(createHash('sha256').update(readFileSync(path)).digest('hex'));
    expect(await readFacts(path)).toMatchObject({
      kind: 'model',
      id: 'cnniqa',
      written: { modelParams: small, labScale },
    });
    const { tensors, extra } = await readWeights(path);
    expect([...tensors.keys()].filter((name) => name.startsWith('optimizer'))).toEqual([]);
    expect(extra).toMatchObject({ run: 'A run', model: 'cnniqa' });
  });

  it('never replace a file', async () => {
    const { checkpoint } = await ownFile('b', small);
    const path = inTemp('b.safetensors');
    writeFileSync(path, 'precious');
    await expect(writeWeights(order(checkpoint, path, 'safetensors'))).rejects.toMatchObject({
      code: 'EEXIST',
    });
    expect(readFileSync(path, 'utf8')).toBe('precious');
  });

  it.skipIf(torchPython.missing)('as a torch file: torch.load opens them', async () => {
    const { checkpoint } = await ownFile('c', small);
    const path = inTemp('c.pth');
    await writeWeights(order(checkpoint, path, 'torch'));
    const sums = await torchPython.run(
      `import sys, json, torch
state = torch.load(sys.argv[1], weights_only=True)
print(json.dumps({name: [list(t.shape), t.double().abs().sum().item()] for name, t in state.items()}))`,
      path,
    );
    const { tensors } = await readWeights(checkpoint);
    const seen = JSON.parse(sums) as Record<string, [number[], number]>;
    expect(Object.keys(seen)).toEqual([...tensors.keys()]);
    for (const [name, { shape, data }] of tensors) {
      const sum = data.reduce((total, value) => total + Math.abs(value), 0);
      expect(seen[name]?.[0], name).toEqual(shape);
      // Both sums are double precision over the same float32 values, in different orders.
      expect(seen[name]?.[1], name).toBeCloseTo(sum, 6);
    }
  });
});

describe('a run of weights as they are', () => {
  it('has the very weights of the file, on the scale the file was written with', async () => {
    const { checkpoint, weights } = await ownFile('d', small);
    const path = inTemp('d.safetensors');
    const line = { scale: 42, offset: 7 };
    await writeWeights({ ...order(checkpoint, path, 'safetensors'), labScale: line });
    const { summary, said } = await imported(path, 'own');
    expect(summary).toMatchObject({
      epochs: 0,
      steps: 0,
      selectedEpoch: 0,
      weightsSha256: weights,
      labScale: line,
    });
    expect(said.map(({ type }) => type)).toContain('checkpoint');
    const before = await scores(summary.selectedCheckpoint, { scale: 1, offset: 0 });
    const after = await scores(summary.selectedCheckpoint, line);
    after.forEach(({ score }, i) => {
      // One multiplication and one addition in float32.
      expect(score).toBeCloseTo(42 * (before[i]?.score ?? NaN) + 7, 4);
    });
  });

  it('fitted on the training pictures, has the least-squares line to their ratings', async () => {
    const { checkpoint } = await ownFile('e', small, 8);
    const path = inTemp('e.safetensors');
    await writeWeights(order(checkpoint, path, 'safetensors'));
    const { summary } = await imported(path, 'fitted');
    const rows = await scores(summary.selectedCheckpoint, summary.labScale);
    const errors = rows.map(({ imageId, score }) => {
      const image = images.find(({ id }) => id === imageId);
      return score - (image?.mos ?? NaN);
    });
    // The two normal equations of least squares: residuals sum to zero, alone and against the scores.
    const sum = (values: number[]) => values.reduce((a, b) => a + b, 0);
    expect(sum(errors)).toBeCloseTo(0, 2);
    expect(sum(errors.map((error, i) => error * (rows[i]?.score ?? NaN)))).toBeCloseTo(0, 0);
  });
});
