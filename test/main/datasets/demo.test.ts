import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { decodeImage } from '@imaging/decode';
import { sha256 } from '@imaging/hash';
import { makeSplits } from '@shared/splits/make-split';
import { createDemo } from '../../../src/main/datasets/demo/create-demo';
import { distortions } from '../../../src/main/datasets/demo/distortions';
import { latentQuality, rate, texture } from '../../../src/main/datasets/demo/raters';
import { renderContent, scenes } from '../../../src/main/datasets/demo/scenes';
import { importDataset } from '../../../src/main/datasets/import-dataset';
import { previewDataset } from '../../../src/main/datasets/registry';
import { random } from '@shared/random';
import { useTempDir } from '../../helpers/temp-dir';
import { openTestLab, temporaryFolder } from '../../helpers/workspace';

const temp = useTempDir();

async function hashesOf(folder: string): Promise<Record<string, string>> {
  const names = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = names.filter((entry) => entry.isFile());
  const hashes = files.map(async (entry) => {
    const bytes = await readFile(`${entry.parentPath}/${entry.name}`);
    return [entry.name, sha256(bytes)] as const;
  });
  return Object.fromEntries(await Promise.all(hashes));
}

describe('the demo data set', () => {
  it('is the same for the same seed, complete, marked synthetic, and divides by content', async () => {
    await createDemo(temp('one'), { images: 50, seed: 4 });
    await createDemo(temp('two'), { images: 50, seed: 4 });
    expect(await hashesOf(temp('two'))).toEqual(await hashesOf(temp('one')));
    expect(await readFile(temp('one', 'README.txt'), 'utf8')).toMatch(/^SYNTHETIC/);

    const preview = await previewDataset(temp('one'));
    expect(preview).toMatchObject({ importer: 'demo', rowCount: 50, mapping: null });
    expect(preview.notes.join()).toMatch(/Synthetic/);
    const imported = await importDataset({ path: temp('one'), importer: 'demo', mapping: null });
    expect(imported.dataset).toMatchObject({ synthetic: true, scoreMin: 0, scoreMax: 100 });
    expect(imported.report).toMatchObject({ imported: 50, problems: [] });
    expect(new Set(imported.images.map(({ groupKey }) => groupKey)).size).toBe(5);

    const spec = { method: 'random', seed: 1, testShare: 0.2, validationShare: 0.25 } as const;
    const [split] = makeSplits(imported.images, { ...spec, grouped: true });
    expect(split?.test).toHaveLength(10);
    expect(split?.train).toHaveLength(30);
    expect(() => makeSplits(imported.images, { ...spec, grouped: false })).toThrow(
      /two sides of the split/,
    );
  });

  it('never writes into a folder that holds something, and leaves nothing behind when cancelled', async () => {
    await mkdir(temp('taken'));
    await writeFile(temp('taken', 'mine.txt'), 'x');
    const options = { images: 10, seed: 1 };
    const refused = createDemo(temp('taken'), options);
    await expect(refused).rejects.toMatchObject({ kind: 'conflict' });
    expect(await readdir(temp('taken'))).toEqual(['mine.txt']);
    const cancelled = createDemo(temp('stopped'), options, undefined, AbortSignal.abort());
    await expect(cancelled).rejects.toMatchObject({ kind: 'cancelled' });
    expect((await readdir(temp())).filter((name) => name.startsWith('stopped'))).toEqual([]);
  });

  it('refuses numbers it cannot make sense of', async () => {
    const make = (images: number, seed: number) => createDemo(temp('x'), { images, seed });
    await expect(make(9, 1)).rejects.toThrow(/10 to 10000 pictures, got 9/);
    await expect(make(20, -1)).rejects.toThrow(/got -1/);
    await expect(make(20, 0.5)).rejects.toThrow(/got 0.5/);
  });

  it('is made, stored and marked through the lab, twice without a clash', async () => {
    const lab = await openTestLab({ workspaceDir: `${temporaryFolder()}/workspace` });
    const first = await lab.call('dataset.createDemo', { name: 'Demo', images: 10, seed: 3 });
    expect(first).toMatchObject({ imported: 10, problems: [] });
    await lab.call('dataset.createDemo', { name: 'Demo again', images: 10, seed: 3 });
    const stored = await lab.call('dataset.list', {});
    expect(stored.map(({ name, synthetic }) => [name, synthetic])).toEqual([
      ['Demo', true],
      ['Demo again', true],
    ]);
    expect(stored[0]?.contentHash).toBe(stored[1]?.contentHash);
    expect(stored[0]?.root).not.toBe(stored[1]?.root);
  });
});

describe('the scenes', () => {
  it('are at least ten, and two seeds of one are two pictures', () => {
    expect(scenes.length).toBeGreaterThanOrEqual(10);
    const [first, second] = [renderContent(1, 0), renderContent(2, 0)];
    expect(first.name).toBe(second.name);
    expect(sha256(first.image.data)).not.toBe(sha256(second.image.data));
    expect(renderContent(1, scenes.length).name).toBe(first.name.replace('01', '02'));
  });

  it.each(scenes.map(({ id }, content) => ({ id, content })))(
    '$id is neither flat nor noise: shades, structure and calm places',
    ({ content }) => {
      const { image } = renderContent(11, content);
      const shades = new Set(image.data);
      expect(shades.size).toBeGreaterThan(120);
      // White noise has a mean step of 85 levels (texture 1), a clear sky about 1 (texture 0.03).
      expect(texture(image)).toBeGreaterThan(0.03);
      expect(texture(image)).toBeLessThan(0.99);
    },
  );
});

describe('the distortions', () => {
  const { image } = renderContent(11, 6);

  it.each(distortions)('$id damages more at every level', async (distortion) => {
    let before = 0;
    for (const strength of distortion.strengths) {
      const damaged = await distortion.apply(image, strength, random(1, 'test/noise'));
      expect(damaged).toMatchObject({ width: image.width, height: image.height });
      const error = damaged.data.reduce((sum, v, i) => sum + (v - (image.data[i] ?? 0)) ** 2, 0);
      expect(error, `strength ${strength}`).toBeGreaterThan(before);
      before = error;
    }
  });

  it('leave the reference as it was', async () => {
    const original = sha256(image.data);
    for (const distortion of distortions) {
      await distortion.apply(image, distortion.strengths[4], random(1, 'test/noise'));
    }
    expect(sha256(image.data)).toBe(original);
  });
});

describe('the simulated raters', () => {
  it('agree that more damage is worse, within their own scatter', () => {
    const jpeg = distortions.find(({ id }) => id === 'jpeg') ?? null;
    const opinions = [0, 1, 2, 3, 4, 5].map((level) =>
      rate(1, level, latentQuality(jpeg, level, 0.5, 0)),
    );
    for (const [i, { mos, std }] of opinions.entries()) {
      // 24 raters of about 9 points each: the mean is good to 2 points, levels are 13 and more apart.
      expect(mos).toBeLessThan(opinions[i - 1]?.mos ?? 101);
      expect(std).toBeGreaterThan(3);
      expect(std).toBeLessThan(16);
    }
  });

  it('see noise less in a busy picture, and blur more', () => {
    const of = (id: string) => distortions.find((distortion) => distortion.id === id) ?? null;
    const gain = (id: string) =>
      latentQuality(of(id), 3, 0.9, 0) - latentQuality(of(id), 3, 0.1, 0);
    expect(gain('noise')).toBeGreaterThan(0);
    expect(gain('blur')).toBeLessThan(0);
  });
});

describe('a picture of the demo data set', () => {
  it('is a plain 8-bit PNG', async () => {
    const [file = ''] = await readdir(temp('one', 'images'));
    const { format, notes, width } = await decodeImage(temp('one', 'images', file));
    expect({ format, notes }).toEqual({ format: 'png', notes: [] });
    expect(width).toBeGreaterThanOrEqual(160);
  });
});
