import { writeFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { encodePng } from '../../../src/imaging/encode';
import { sha256 } from '../../../src/imaging/hash';
import type { JobImage } from '../../../src/shared/worker-protocol';
import { PictureStore } from '../../../src/worker/data/picture-store';
import { viewSettings } from '../../../src/worker/data/settings';
import { TrainingFeed, type FeedOptions } from '../../../src/worker/data/training-feed';
import type { ViewShape } from '../../../src/worker/models/model';
import type { Batch } from '../../../src/worker/training';
import { useTempDir } from '../../helpers/temp-dir';

const inTemp = useTempDir();
const sizes = [
  { height: 9, width: 10 },
  { height: 12, width: 8 },
  { height: 8, width: 8 },
];
let images: JobImage[] = [];

beforeAll(async () => {
  images = await Promise.all(
    sizes.map(async ({ height, width }, id) => {
      // Every pixel of picture i is i + 1: a view then tells which picture it was cut from.
      const data = new Uint8Array(height * width * 3).fill(id + 1);
      const bytes = await encodePng({ height, width, data });
      await writeFile(inTemp(`${id}.png`), bytes);
      return { id, path: inTemp(`${id}.png`), sha256: sha256(bytes), mos: 10 * (id + 1) };
    }),
  );
});

function feed(over: Partial<FeedOptions> = {}, shape: ViewShape = crop): TrainingFeed {
  return new TrainingFeed(new PictureStore({ cacheDir: inTemp('cache'), shape }), {
    images,
    sizes,
    shape,
    settings: { ...viewSettings({}), trainViews: 5 },
    batchSize: 4,
    seed: 3,
    ...over,
  });
}
const crop: ViewShape = { kind: 'crop', height: 8, width: 8 };

async function all(source: TrainingFeed, epoch: number, first = 0): Promise<Batch[]> {
  const batches: Batch[] = [];
  for await (const batch of source.batches(epoch, first)) batches.push(batch);
  return batches;
}

describe('TrainingFeed', () => {
  it('shows every view of every picture once in an epoch, with its rating', async () => {
    const source = feed();
    expect(source.batchesPerEpoch).toBe(4);
    const batches = await all(source, 0);
    expect(batches.map(({ shape }) => shape)).toEqual([
      [4, 8, 8, 3],
      [4, 8, 8, 3],
      [4, 8, 8, 3],
      [3, 8, 8, 3],
    ]);
    const ratings = batches.flatMap(({ y }) => [...y]);
    expect(ratings.toSorted((a, b) => a - b)).toEqual([
      ...Array<number>(5).fill(10),
      ...Array<number>(5).fill(20),
      ...Array<number>(5).fill(30),
    ]);
    for (const { x, y } of batches) {
      y.forEach((rating, i) => {
        expect(x[i * 192]).toBe(Math.fround(rating / 10 / 255));
        expect(x[i * 192 + 191]).toBe(Math.fround(rating / 10 / 255));
      });
    }
  });

  it('gives the batches after a position as if the ones before had been taken', async () => {
    const whole = await all(feed(), 2);
    expect(await all(feed(), 2, 3)).toEqual(whole.slice(3));
    expect(await all(feed(), 2, 4)).toEqual([]);
  });

  it('shuffles anew in each epoch and for each seed', async () => {
    const order = async (source: TrainingFeed, epoch: number) =>
      (await all(source, epoch)).flatMap(({ y }) => [...y]);
    const first = await order(feed(), 0);
    expect(await order(feed(), 0)).toEqual(first);
    expect(await order(feed(), 1)).not.toEqual(first);
    expect(await order(feed({ seed: 4 }), 0)).not.toEqual(first);
  });

  it('gives whole pictures one at a time, and refuses to mix their sizes in a batch', async () => {
    const whole: ViewShape = { kind: 'whole', height: null, width: null };
    const singles = await all(feed({ batchSize: 1 }, whole), 0);
    expect(singles).toHaveLength(3);
    await expect(all(feed({ batchSize: 3 }, whole), 0)).rejects.toMatchObject({
      kind: 'unsupported',
    });
  });

  it('leaves out an incomplete last batch when asked, other views each epoch', async () => {
    const settings = { ...viewSettings({}), trainViews: 5, dropLast: true };
    const source = feed({ settings });
    expect(source.batchesPerEpoch).toBe(3);
    const batches = await all(source, 0);
    expect(batches.map(({ shape }) => shape[0])).toEqual([4, 4, 4]);
    expect(() => feed({ settings, batchSize: 16 })).toThrow('fewer than the 16 of one step');
  });
});
