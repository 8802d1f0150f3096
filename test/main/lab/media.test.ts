import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { encodePng } from '../../../src/imaging/encode';
import type { Lab } from '../../../src/main/lab';
import type { Media } from '../../../src/main/media';
import { openTestLab, temporaryFolder } from '../../helpers/workspace';

/** A lab with three 40 x 30 pictures imported from a folder with a label file. */
async function labWithPictures(): Promise<{ lab: Lab; ids: number[]; folder: string }> {
  const folder = join(temporaryFolder(), 'pictures');
  mkdirSync(folder);
  const [width, height] = [40, 30];
  for (const n of [1, 2, 3]) {
    const data = new Uint8Array(width * height * 3).map((_, i) => (i * n * 7) % 256);
    writeFileSync(join(folder, `${n}.png`), await encodePng({ width, height, data }));
  }
  writeFileSync(join(folder, 'mos.csv'), 'image,mos\n1.png,1.5\n2.png,2.5\n3.png,4\n');
  const lab = await openTestLab({ workspaceDir: join(temporaryFolder(), 'workspace') });
  const preview = await lab.call('dataset.preview', { path: folder });
  const { importer, mapping } = preview;
  const report = await lab.call('dataset.import', {
    path: folder,
    name: 'Three',
    importer,
    mapping,
  });
  const images = await lab.call('dataset.images', {
    datasetId: report.datasetId,
    offset: 0,
    limit: 10,
  });
  return { lab, ids: images.map((image) => image.id), folder };
}

const bytesOf = (media: Media | null): Buffer =>
  !media ? Buffer.alloc(0) : 'path' in media ? readFileSync(media.path) : Buffer.from(media.buffer);

describe('media', () => {
  it('are originals and small copies of imported pictures, found by id', async () => {
    const { lab, ids, folder } = await labWithPictures();
    const original = await lab.media('image', String(ids[1]));
    expect(original?.contentType).toBe('image/png');
    expect(bytesOf(original).equals(readFileSync(join(folder, '2.png')))).toBe(true);
    const [first, second] = await Promise.all([
      lab.media('thumbnail', String(ids[1])),
      lab.media('thumbnail', String(ids[1])),
    ]);
    expect(first?.contentType).toBe('image/webp');
    // "RIFF....WEBP" opens every WebP file.
    expect(bytesOf(first).subarray(8, 12).toString()).toBe('WEBP');
    expect(bytesOf(second).equals(bytesOf(first))).toBe(true);
    const cached = await lab.media('thumbnail', String(ids[1]));
    expect(cached && 'path' in cached).toBe(true);
    expect(bytesOf(cached).equals(bytesOf(first))).toBe(true);
  });

  it.each(['0', '-1', '1e3', '../1', '1/../../etc/passwd', '', '9'.repeat(30), 'NaN'])(
    'with the id %j do not exist',
    async (id) => {
      const { lab } = await labWithPictures();
      for (const kind of ['image', 'thumbnail', 'adversarial', 'export'] as const) {
        expect(await lab.media(kind, id)).toBeNull();
      }
    },
  );

  it('that have become links out of the data set are not served', async () => {
    const { lab, ids, folder } = await labWithPictures();
    rmSync(join(folder, '3.png'));
    symlinkSync('/etc/hostname', join(folder, '3.png'));
    expect(await lab.media('image', String(ids[2]))).toBeNull();
    rmSync(join(folder, '3.png'));
    expect(await lab.media('image', String(ids[2]))).toBeNull();
  });

  it('do not exist without a workspace', async () => {
    const { lab, ids } = await labWithPictures();
    await lab.call('workspace.close', {});
    expect(await lab.media('image', String(ids[0]))).toBeNull();
  });
});
