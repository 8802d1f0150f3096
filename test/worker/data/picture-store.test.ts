import { mkdtemp, readdir, readFile, rm, truncate, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { encodePng } from '../../../src/imaging/encode';
import { resizeBilinear } from '../../../src/imaging/resize';
import { resizeCubic } from '../../../src/imaging/resize-cubic';
import { sha256 } from '../../../src/imaging/hash';
import { LabError } from '../../../src/shared/errors';
import { PictureStore, type StoredImage } from '../../../src/worker/data/picture-store';
import { preparePictures } from '../../../src/worker/data/prepare';

const height = 24;
const width = 31;
const crop = { kind: 'crop', height: 8, width: 8 } as const;
const view = { top: 5, left: 11, height: 8, width: 8, flip: false };

let folder: string;
let image: StoredImage;
const pixels = Uint8Array.from({ length: height * width * 3 }, (_, i) => (i * 7919) % 256);

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'picture-store-'));
  const bytes = await encodePng({ height, width, data: pixels });
  image = { path: join(folder, 'a.png'), sha256: sha256(bytes) };
  await writeFile(image.path, bytes);
});
afterEach(() => rm(folder, { recursive: true }));

function store(memoryBytes?: number): PictureStore {
  return new PictureStore({ cacheDir: join(folder, 'cache'), shape: crop, memoryBytes });
}

async function cacheFiles(): Promise<string[]> {
  const names = await readdir(join(folder, 'cache'), { recursive: true });
  return names.filter((name) => name.includes('.')).map((name) => join(folder, 'cache', name));
}

async function read(from: PictureStore, flip = false): Promise<Float32Array> {
  const out = new Float32Array(8 * 8 * 3);
  await from.readView(image, { ...view, flip }, out, 0);
  return out;
}

/** The view by the definition: v / 255 of the pixel at (top + y, left + x). */
function expected(flip = false): Float32Array {
  const out = new Float32Array(8 * 8 * 3);
  for (let y = 0; y < 8; y++)
    for (let x = 0; x < 8; x++)
      for (let c = 0; c < 3; c++) {
        const column = view.left + (flip ? 7 - x : x);
        out[(y * 8 + x) * 3 + c] = (pixels[((view.top + y) * width + column) * 3 + c] ?? 0) / 255;
      }
  return out;
}

describe('PictureStore', () => {
  it('serves a view as float32 in [0, 1], mirrored when asked', async () => {
    expect(await read(store())).toEqual(expected());
    expect(await read(store(), true)).toEqual(expected(true));
  });

  it('serves the same view from rows of the cache file when memory is full', async () => {
    const none = store(0);
    await none.open(image);
    expect(await read(none)).toEqual(expected());
    await unlink(image.path); // Only the cache is left to read from.
    expect(await read(none)).toEqual(expected());
  });

  it('decodes once: later stores do not need the original', async () => {
    await store().open(image);
    await unlink(image.path);
    expect(Uint8Array.from((await store().open(image)).data)).toEqual(pixels);
  });

  it('leaves one cache file and no temporary one', async () => {
    await Promise.all([store().open(image), store().open(image)]);
    const files = await cacheFiles();
    expect(files.map((name) => name.slice(-4))).toEqual(['.rgb']);
  });

  const damages: [string, (file: string) => Promise<void>][] = [
    ['cut short', (file) => truncate(file, 100)],
    ['empty', (file) => truncate(file, 0)],
    ['altered in one pixel', (file) => flipBit(file, 500)],
    ['altered in its header', (file) => flipBit(file, 9)],
    ['something else', (file) => writeFile(file, 'not a cache file')],
  ];
  for (const [what, damage] of damages) {
    it(`rebuilds a cache file that is ${what}`, async () => {
      await store().open(image);
      const [file = ''] = await cacheFiles();
      const whole = await readFile(file);
      await damage(file);
      expect(Uint8Array.from((await store().open(image)).data)).toEqual(pixels);
      expect(await readFile(file)).toEqual(whole);
    });
  }

  it('goes on when the cache disappears while rows are being read', async () => {
    const none = store(0);
    await none.open(image);
    await rm(join(folder, 'cache'), { recursive: true });
    expect(await read(none)).toEqual(expected());
  });

  it('refuses a file that has changed since it was imported', async () => {
    await writeFile(image.path, await encodePng({ height, width, data: pixels.toReversed() }));
    await expect(store().open(image)).rejects.toMatchObject({ kind: 'conflict' });
    await expect(store().open(image)).rejects.toThrow('has changed since it was imported');
  });

  it('keeps a whole picture at the size the model takes', async () => {
    const shape = { kind: 'whole', height: 12, width: 10 } as const;
    const resized = new PictureStore({ cacheDir: join(folder, 'cache'), shape });
    expect(await resized.size(image)).toMatchObject({ height: 12, width: 10 });
    expect(await store().size(image)).toMatchObject({ height, width });
  });

  it('brings a picture to one size after the other, each rounded to 8 bit, and caches it apart', async () => {
    const [first, last] = [
      { height: 9, width: 21 },
      { height: 12, width: 10 },
    ];
    const through = { kind: 'whole', ...last, resized: [first] } as const;
    const opened = await new PictureStore({
      cacheDir: join(folder, 'cache'),
      shape: through,
    }).open(image);
    const expected = resizeBilinear(
      resizeBilinear({ height, width, data: pixels }, first.height, first.width),
      last.height,
      last.width,
    );
    expect(opened).toEqual(expected);
    const direct = { kind: 'whole', ...last } as const;
    const other = await new PictureStore({
      cacheDir: join(folder, 'cache'),
      shape: direct,
    }).open(image);
    expect(other.data).not.toEqual(expected.data);
    // Crops are cut from a resized picture as well.
    const cropped = { kind: 'crop', height: 4, width: 4, resized: [first] } as const;
    expect(
      await new PictureStore({ cacheDir: join(folder, 'cache'), shape: cropped }).size(image),
    ).toMatchObject(first);
  });

  it('shrinks with OpenCV’s bicubic filter where a size asks for it, and caches that apart', async () => {
    const size = { height: 9, width: 11 };
    const opened = async (filter?: 'cubic') => {
      const resized = [{ ...size, ...(filter && { filter }) }];
      const shape = { kind: 'crop', height: 4, width: 4, resized } as const;
      return await new PictureStore({ cacheDir: join(folder, 'cache'), shape }).open(image);
    };
    expect(await opened('cubic')).toEqual(resizeCubic({ height, width, data: pixels }, 9, 11));
    expect(await opened()).toEqual(resizeBilinear({ height, width, data: pixels }, 9, 11));
  });

  it('stands a view on its head', async () => {
    const upright = new Float32Array(8 * 8 * 3);
    const turned = new Float32Array(8 * 8 * 3);
    await store().readView(image, view, upright, 0);
    await store().readView(image, { ...view, upsideDown: true }, turned, 0);
    for (let row = 0; row < 8; row++) {
      expect(turned.slice(row * 24, row * 24 + 24)).toEqual(
        upright.slice((7 - row) * 24, (7 - row) * 24 + 24),
      );
    }
  });
});

describe('preparePictures', () => {
  const nothing = async (): Promise<void> => {};

  it('reports sizes in order and every step of progress', async () => {
    const done: number[] = [];
    const sizes = await preparePictures(store(), [image, image], nothing, (n) => done.push(n));
    expect(sizes).toEqual([expect.objectContaining({ height, width }), expect.anything()]);
    expect(done).toEqual([1, 2]);
  });

  it('names the first bad picture and counts the others', async () => {
    const bad = (name: string): StoredImage => ({
      ...image,
      path: join(folder, name),
      sha256: name,
    });
    const images = [image, bad('gone.png'), bad('lost.png')];
    const call = preparePictures(store(), images, nothing, () => undefined);
    await expect(call).rejects.toMatchObject({ kind: 'missing-file' });
    await expect(call).rejects.toThrow(/gone\.png.*At least 1 more file is affected/);
  });

  it('stops where the job is cancelled', async () => {
    const stop = (): Promise<void> =>
      Promise.reject(new LabError({ kind: 'cancelled', message: 'stopped' }));
    const call = preparePictures(store(), [image], stop, () => undefined);
    await expect(call).rejects.toMatchObject({ kind: 'cancelled' });
    await expect(cacheFiles()).rejects.toThrow('ENOENT');
  });
});

async function flipBit(file: string, at: number): Promise<void> {
  const bytes = await readFile(file);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  await writeFile(file, bytes);
}
