import { writeFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodePng } from '../../../src/imaging/encode';
import { sha256 } from '../../../src/imaging/hash';
import type { JobImage } from '../../../src/shared/worker-protocol';
import { ThreadedFeed } from '../../../src/worker/data/feeder';
import { PictureStore } from '../../../src/worker/data/picture-store';
import { viewSettings } from '../../../src/worker/data/settings';
import { TrainingFeed, type FeedOptions } from '../../../src/worker/data/training-feed';
import type { Batch } from '../../../src/worker/training';
import { bundle } from '../../../scripts/lib/bundle.mjs';
import { useTempDir } from '../../helpers/temp-dir';

const inTemp = useTempDir();
const shape = { kind: 'crop', height: 8, width: 8 } as const;
let worker: { path: string; remove: () => void };
let image: JobImage;

beforeAll(async () => {
  worker = await bundle('src/worker/index.ts');
  const data = Uint8Array.from({ length: 20 * 20 * 3 }, (_, i) => (i * 31) % 256);
  const bytes = await encodePng({ height: 20, width: 20, data });
  await writeFile(inTemp('a.png'), bytes);
  image = { id: 1, path: inTemp('a.png'), sha256: sha256(bytes), mos: 40 };
});
afterAll(() => worker.remove());

function options(images: readonly JobImage[]): FeedOptions {
  const settings = { ...viewSettings({}), trainViews: 10 };
  const sizes = images.map(() => ({ height: 20, width: 20 }));
  return { images, sizes, shape, settings, batchSize: 4, seed: 3 };
}
const store = () => ({ cacheDir: inTemp('cache'), shape });
const threaded = (images: readonly JobImage[]) =>
  new ThreadedFeed(pathToFileURL(worker.path).href, store(), options(images));

async function all(batches: AsyncIterable<Batch>): Promise<Batch[]> {
  const list: Batch[] = [];
  for await (const batch of batches) list.push(batch);
  return list;
}

describe('ThreadedFeed', () => {
  it('gives the batches that the same feed gives without a thread', async () => {
    const feed = threaded([image]);
    await feed.open();
    const plain = new TrainingFeed(new PictureStore(store()), options([image]));
    expect(feed.batchesPerEpoch).toBe(plain.batchesPerEpoch);
    expect(await all(feed.batches(1, 1))).toEqual(await all(plain.batches(1, 1)));
    await feed.close();
  });

  it('passes on why a picture cannot be read, and serves the next request', async () => {
    const gone = { ...image, path: inTemp('gone.png'), sha256: 'f'.repeat(64) };
    const feed = threaded([gone]);
    await expect(feed.open()).rejects.toMatchObject({ kind: 'missing-file' });
    await expect(all(feed.batches(0, 0))).rejects.toMatchObject({ kind: 'missing-file' });
    await feed.close();
  });

  it('leaves nobody waiting when its thread ends', async () => {
    const feed = threaded([image]);
    const batches = all(feed.batches(0, 0));
    await Promise.all([feed.close(), expect(batches).rejects.toThrow('has ended')]);
    await expect(feed.open()).rejects.toThrow('has ended');
  });
});
