import { writeFile } from 'node:fs/promises';
import { beforeAll, expect, it } from 'vitest';
import { encodePng } from '../../../src/imaging/encode';
import { sha256 } from '../../../src/imaging/hash';
import type { JobImage, TrainPayload, WorkerMessage } from '../../../src/shared/worker-protocol';
import { PictureStore } from '../../../src/worker/data/picture-store';
import { viewSettings } from '../../../src/worker/data/settings';
import { fitMapping } from '../../../src/worker/runtime/executors/fit-mapping';
import { Validator } from '../../../src/worker/runtime/executors/validator';
import { Job } from '../../../src/worker/runtime/job';
import { eachEngine } from '../../helpers/engines';
import { useTempDir } from '../../helpers/temp-dir';
import { LinearHeads } from '../training/toy';

const inTemp = useTempDir();
let images: JobImage[] = [];

/** Grey pictures of 2 x 2 pixels, better the brighter they are. */
beforeAll(async () => {
  images = await Promise.all(
    [10, 90, 160, 250].map(async (grey, id) => {
      const bytes = await encodePng({
        height: 2,
        width: 2,
        data: new Uint8Array(12).fill(grey),
      });
      await writeFile(inTemp(`${id}.png`), bytes);
      return { id, path: inTemp(`${id}.png`), sha256: sha256(bytes), mos: (grey / 255) * 80 + 10 };
    }),
  );
});

function open(weight: number) {
  const said: WorkerMessage[] = [];
  const job = new Job(1, (message) => said.push(message));
  const shape = { kind: 'whole', height: null, width: null } as const;
  const store = new PictureStore({ cacheDir: inTemp('cache'), shape });
  const sitting = { store, shape, settings: viewSettings({}), seed: 1 };
  const model = new LinearHeads();
  model.loadStateDict(
    new Map([
      ['head.weight', { shape: [2, 12], data: new Float32Array(24).fill(weight) }],
      ['head.bias', { shape: [2], data: Float32Array.of(3, -5) }],
    ]),
  );
  const payload = {
    trainer: {},
    validation: images,
    selectOn: [],
    selection: 'validation',
  } as unknown as TrainPayload;
  const validator = new Validator(payload, job, { scale: 1, offset: 0 }, model, sitting);
  return { model, job, sitting, validator, said };
}

eachEngine('a line from output to rating', () => {
  it('brings every head to the ratings; only then is there a distance from them', async () => {
    const { model, job, sitting, validator, said } = open(0.5);
    const before = await validator.validate();
    expect(before.srocc).toBeCloseTo(1, 12);
    expect(before.rmse).toBeNull();
    await fitMapping(model, job, sitting, images);
    // Every head is 12 * 0.5 = 6 times the grey in [0, 1] plus its bias; ratings are 80 times the grey plus 10.
    const [first, second] = model.mapping.get();
    expect(first?.scale).toBeCloseTo(80 / 6, 4);
    expect(first?.offset).toBeCloseTo(10 - (3 * 80) / 6, 4);
    expect(second?.offset).toBeCloseTo(10 + (5 * 80) / 6, 4);
    const after = await validator.validate();
    expect(after.srocc).toBeCloseTo(1, 12);
    // float32 scores of about 50.
    expect(after.rmse).toBeLessThan(1e-4);
    expect(said.filter(({ type }) => type === 'warning')).toEqual([]);
    model.dispose();
  });

  it('warns where the output falls as the ratings rise', async () => {
    const { model, job, sitting, said } = open(-0.5);
    await fitMapping(model, job, sitting, images);
    expect(said.filter(({ type }) => type === 'warning')).toMatchObject([
      { warning: { code: 'falling-line' } },
    ]);
    model.dispose();
  });
});
