import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { encodePng } from '@imaging/encode';
import type { LabelMapping } from '@shared/domain/dataset';
import { contentHash, importDataset } from '../../../src/main/datasets/import-dataset';
import { importers, previewDataset } from '../../../src/main/datasets/registry';
import { gradient, pngHeaderOnly } from '../../helpers/pictures';
import { useTempDir } from '../../helpers/temp-dir';

const temp = useTempDir();

/** A PNG whose content depends on `kind`, so that different kinds are different pictures. */
function png(kind: number): Promise<Buffer> {
  const data = gradient(20, 16).map((value, i) => (value * (kind + 1) + (i % 7) * kind) % 256);
  return encodePng({ width: 20, height: 16, data });
}

async function folder(name: string, files: Readonly<Record<string, string | Uint8Array>>) {
  const root = temp(name);
  for (const [path, content] of Object.entries(files)) {
    const full = temp(name, path);
    await mkdir(full.slice(0, full.lastIndexOf('/')), { recursive: true });
    await writeFile(full, content);
  }
  return root;
}

const mapping: LabelMapping = {
  image: 'image',
  score: 'mos',
  scoreKind: 'mos',
  scoreMin: 0,
  scoreMax: 10,
  decimal: '.',
};
const importTable = (path: string, used: LabelMapping | null = mapping) =>
  importDataset({ path, importer: 'table', mapping: used });

describe('importDataset', () => {
  it('brings in what is good and lists everything else, each with its reason', async () => {
    const good = await png(0);
    const root = await folder('mixed', {
      'pictures/good.png': good,
      'pictures/copy.png': good,
      'pictures/cut.png': (await png(1)).subarray(0, 90),
      'pictures/huge.png': pngHeaderOnly(100_000, 100_000),
      'pictures/unrated.png': await png(2),
      'pictures/Case.PNG': await png(3),
      'pictures/badscore.png': await png(4),
      'references/ref.png': await png(5),
      'labels.csv': [
        'image,mos',
        'good.png,5',
        'copy.png,6',
        'cut.png,5',
        'huge.png,5',
        'case.png,7',
        'good.png,1',
        'missing.png,5',
        'badscore.png,eleven',
        '../../etc/passwd,5',
      ].join('\n'),
    });
    const { images, report, dataset } = await importTable(root);
    expect(images.map(({ position, name, relPath }) => [position, name, relPath])).toEqual([
      [0, 'good.png', 'pictures/good.png'],
      [1, 'copy.png', 'pictures/copy.png'],
      [4, 'case.png', 'pictures/Case.PNG'],
    ]);
    expect(images[0]).toMatchObject({ width: 20, height: 16, score: 5, scoreStd: null });
    expect(images[0]?.sha256).toBe(images[1]?.sha256);
    expect(dataset).toMatchObject({ root, importer: 'table', synthetic: false, scoreMax: 10 });
    expect(report.imported).toBe(3);
    const problems = report.problems.map(({ kind, name, reason }) => `${kind} ${name}: ${reason}`);
    expect(problems).toEqual([
      'bad-score badscore.png: "eleven" is not a number with a decimal point',
      'duplicate good.png: the label file names it more than once; the first rating was used',
      'unmatched-label missing.png: no picture of this name was found',
      'outside-root ../../etc/passwd: the name leads out of the data set folder; it was not opened',
      'duplicate copy.png: it is the same file as "good.png"; both were imported',
      expect.stringMatching(/^unreadable cut.png: The picture ".*cut.png" is (cut off|damaged)/),
      expect.stringMatching(/^unreadable huge.png: .* announces 100000 x 100000 pixels/),
      'unlabelled-image pictures/unrated.png: the label file has no rating for it',
    ]);
    expect(report.notes).toEqual([
      '1 of 5 pictures were found in another spelling (case or accents), such as "case.png" as "pictures/Case.PNG".',
    ]);
  });

  it('does not open a link that leads out of the folder', async () => {
    await folder('elsewhere', { 'secret.png': await png(1) });
    const root = await folder('links', {
      'a.png': await png(0),
      'labels.csv': 'image,mos\na.png,1\nlink.png,2\ninner.png,3\n',
    });
    await symlink(temp('elsewhere/secret.png'), temp('links/link.png'));
    await symlink(temp('links/a.png'), temp('links/inner.png'));
    const { images, report } = await importTable(root);
    expect(images.map(({ name }) => name)).toEqual(['a.png', 'inner.png']);
    expect(report.problems).toContainEqual({
      kind: 'outside-root',
      name: 'link.png',
      reason: 'it is a link to a file outside the data set folder; it was not opened',
    });
  });

  it('reads semicolons, decimal commas, a byte order mark and names in any script', async () => {
    const root = await folder('skripte', {
      'Bär.png': await png(0),
      '写真.png': await png(1),
      'werte.csv': '\ufeffBild;Wertung (Mittel);Streuung\nBär.png;3,5;0,25\n写真.png;1,5;1,5\n',
    });
    const preview = await previewDataset(root);
    expect(preview).toMatchObject({
      importer: 'table',
      rowCount: 2,
      columns: ['Bild', 'Wertung (Mittel)', 'Streuung'],
      mapping: { image: 'Bild', score: 'Wertung (Mittel)', std: 'Streuung', decimal: ',' },
      notes: ['2 of 2 rows have a usable rating, 2 of them a picture.'],
    });
    const { images } = await importTable(root, preview.mapping);
    expect(images.map(({ name, score, scoreStd }) => [name, score, scoreStd])).toEqual([
      ['Bär.png', 3.5, 0.25],
      ['写真.png', 1.5, 1.5],
    ]);
  });

  it('finds pictures beside the folder of a label file that was chosen itself', async () => {
    const root = await folder('spread', {
      'photos/a.png': await png(0),
      'labels/mos.csv': 'image,mos\na.png,1\n',
    });
    const preview = await previewDataset(temp('spread/labels/mos.csv'));
    expect(preview.imageFolder).toBe(temp('spread/photos'));
    const { dataset, images } = await importTable(temp('spread/labels/mos.csv'));
    expect(dataset.root).toBe(root);
    expect(images[0]?.relPath).toBe('photos/a.png');
  });

  it('prefers the label file whose names match pictures, and mentions others that match', async () => {
    const root = await folder('several', {
      'a.png': await png(0),
      'b.png': await png(1),
      'all.csv': 'image,mos\na.png,1\nb.png,2\n',
      'exif.csv': 'camera,iso\nx,100\n',
      'part.csv': 'image,mos\na.png,9\n',
    });
    const preview = await previewDataset(root);
    expect(preview.labelFile).toBe(temp('several/all.csv'));
    expect(preview.notes[0]).toMatch(/^Other label files were found: part.csv\./);
  });

  it('reports progress up to the last picture', async () => {
    const root = await folder('progress', {
      'a.png': await png(0),
      'b.png': await png(1),
      'labels.csv': 'image,mos\na.png,1\nb.png,2\n',
    });
    const seen: string[] = [];
    await importDataset({ path: root, importer: 'table', mapping }, ({ phase, done, total }) =>
      seen.push(`${phase} ${done}/${total}`),
    );
    expect(seen.at(0)).toBe('Reading labels 0/1');
    expect(seen.at(-1)).toBe('Reading pictures 2/2');
  });

  it('stops when it is cancelled', async () => {
    const root = await folder('cancelled', {
      'a.png': await png(0),
      'labels.csv': 'image,mos\na.png,1\n',
    });
    const request = { path: root, importer: 'table', mapping };
    const importing = importDataset(request, undefined, AbortSignal.abort());
    await expect(importing).rejects.toMatchObject({ kind: 'cancelled' });
  });

  it('says why when nothing at all can be used', async () => {
    const root = await folder('nothing', { 'labels.csv': 'image,mos\na.png,1\nb.png,2\n' });
    await expect(importTable(root)).rejects.toThrow(
      /None of the 2 rated pictures .*The first problem: a.png: no picture of this name was found/,
    );
  });

  it('answers a folder without labels, and an importer that does not exist', async () => {
    const root = await folder('bare', { 'a.png': await png(0) });
    await expect(previewDataset(root)).rejects.toMatchObject({ kind: 'not-found' });
    await expect(importTable(root)).rejects.toThrow(/No label file was found/);
    const other = importDataset({ path: root, importer: 'csvv', mapping });
    await expect(other).rejects.toThrow(/There is no importer "csvv"/);
  });
});

describe('contentHash', () => {
  const image = { name: 'a', sha256: 'x', score: 1 };
  it('changes with name, content, rating and order', () => {
    const other = { ...image, name: 'b' };
    const hashes = [
      [image, other],
      [other, image],
      [image],
      [{ ...image, score: 2 }],
      [{ ...image, sha256: 'y' }],
    ].map(contentHash);
    expect(new Set(hashes).size).toBe(5);
    expect(contentHash([image, other])).toBe(hashes[0]);
  });
});

describe.each([...importers.values()])('importer $id', (importer) => {
  it('does not claim an empty folder or a path that does not exist', async () => {
    await mkdir(temp('empty'), { recursive: true });
    expect(await importer.recognises(temp('empty'))).toBe(0);
    expect(await importer.recognises(temp('not/there'))).toBe(0);
  });

  it('answers a folder that is something else with a LabError', async () => {
    await mkdir(temp('empty'), { recursive: true });
    const expected = { name: 'LabError', kind: 'missing-file' };
    await expect(importer.read(temp('empty'), null)).rejects.toMatchObject(expected);
    await expect(importer.preview(temp('empty'))).rejects.toMatchObject(expected);
  });
});
