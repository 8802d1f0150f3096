import { describe, expect, it } from 'vitest';
import { decodeImage } from '@imaging/decode';
import { differenceHash } from '@imaging/hash';
import { makeSplits } from '@shared/splits/make-split';
import { hammingDistance } from '@shared/splits/look-alike';
import livec from '../../../src/main/datasets/importers/livec';
import { readIndexFile } from '../../../src/main/datasets/read-index-file';
import { previewDataset } from '../../../src/main/datasets/registry';
import { realData } from '../../helpers/real-data';

const release = realData('livec');
const paperSplit = realData('livec', 'paper-split.json');

describe.skipIf(release.missing)('LIVEC as published (needs IQALAB_SHARED)', () => {
  it('has 1162 rated pictures after the seven that trained the raters', async () => {
    const { entries, excluded, problems, ...labels } = await livec.read(release.path, null);
    expect(entries).toHaveLength(1162);
    expect(excluded.map((line) => line.split(':')[0])).toEqual(
      [1, 2, 3, 4, 5, 6, 7].map((n) => `t${n}.bmp`),
    );
    expect(problems).toEqual([]);
    expect(labels).toMatchObject({ scoreKind: 'mos', scoreMin: 0, scoreMax: 100 });
    const scores = entries.map(({ score }) => score);
    // Extremes and mean as found in the authors' CLIVEinfo.mat.
    expect(Math.min(...scores)).toBe(3.42);
    expect(Math.max(...scores)).toBe(92.4319526627219);
    const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length;
    expect(mean).toBeCloseTo(55.4013, 4);
    // The two pictures of the released FGSM demo, with the ratings it prints.
    const at = (name: string) => entries.find((entry) => entry.name === name);
    expect(at('123.bmp')).toMatchObject({ position: 25 });
    expect(at('123.bmp')?.score).toBeCloseTo(67.29775, 5);
    expect(at('447.bmp')).toMatchObject({ position: 382 });
    expect(at('447.bmp')?.score).toBeCloseTo(25.33146, 5);
  });

  it('is recognised by its folder, its parent names and its own folders', async () => {
    expect(await livec.recognises(release.path)).toBe(1);
    expect(await livec.recognises(`${release.path}/Images`)).toBe(1);
    expect(await livec.recognises(`${release.path}/Data/AllMOS_release.mat`)).toBe(1);
    const preview = await previewDataset(release.path);
    expect(preview).toMatchObject({ importer: 'livec', rowCount: 1162, mapping: null });
    expect(preview.rows[0]?.[0]).toBe('100.bmp');
  });

  it("is divided by the paper's index file into 930 and 232, with the paper's constants", async () => {
    const { entries } = await livec.read(release.path, null);
    const index = await readIndexFile(paperSplit.path, entries);
    expect(index.train).toHaveLength(930);
    expect(index.test).toHaveLength(232);
    const images = entries.map(({ position, name, score }) => ({
      position,
      name,
      score,
      groupKey: null,
      sha256: name,
      dhash: '0000000000000000',
    }));
    const spec = { method: 'imported', ...index, seed: 0, validationShare: 0.1 } as const;
    const [split] = makeSplits(images, spec);
    expect(split).toMatchObject({ scoreMin: 3.42, scoreMax: 92.4319526627219 });
    expect(split?.validation).toHaveLength(93);
    expect(index.test).toContain(25);
    expect(index.test).toContain(382);
  });

  it('holds a look-alike pair on two sides of that split, and pairs that only seem alike further on', async () => {
    const hash = async (name: string) =>
      differenceHash(await decodeImage(`${release.path}/Images/${name}`));
    expect(hammingDistance(await hash('672.JPG'), await hash('694.JPG'))).toBe(0);
    expect(hammingDistance(await hash('896.JPG'), await hash('897.JPG'))).toBe(2);
    expect(hammingDistance(await hash('840.JPG'), await hash('909.JPG'))).toBe(5);
  });
});
