import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { encodePng } from '../../../src/imaging/encode';
import type { Lab } from '../../../src/main/lab';
import type { SplitSpec } from '../../../src/shared/domain/dataset';
import { random } from '../../../src/shared/random';
import { openTestLab, temporaryFolder } from '../../helpers/workspace';

/** Twelve different small pictures with ratings, one label without a picture, one path that leaves. */
async function importedFolder(): Promise<{ lab: Lab; datasetId: number; folder: string }> {
  const folder = join(temporaryFolder(), 'bilder ä');
  mkdirSync(folder);
  const lines = ['image;mos'];
  for (let n = 0; n < 12; n++) {
    const draws = random(n, 'test/picture');
    const data = new Uint8Array(32 * 32 * 3).map(() => draws.integer(256));
    writeFileSync(join(folder, `${n}.png`), await encodePng({ width: 32, height: 32, data }));
    lines.push(`${n}.png;${n},5`);
  }
  lines.push('gone.png;3,0', '../../etc/passwd;4,0');
  writeFileSync(join(folder, 'mos.csv'), lines.join('\n'));
  const lab = await openTestLab({ workspaceDir: join(temporaryFolder(), 'workspace') });
  const { importer, mapping } = await lab.call('dataset.preview', { path: folder });
  const asked = { path: folder, name: ' Zwölf ', importer, mapping };
  const { datasetId } = await lab.call('dataset.import', asked);
  return { lab, datasetId, folder };
}

const spec: SplitSpec = {
  method: 'random',
  seed: 5,
  testShare: 0.25,
  validationShare: 0.25,
  grouped: false,
};

describe('an imported data set', () => {
  it('is listed with its pictures, its report and its place', async () => {
    const { lab, datasetId, folder } = await importedFolder();
    const [dataset] = await lab.call('dataset.list', {});
    expect(dataset).toMatchObject({ id: datasetId, name: 'Zwölf', root: folder, imageCount: 12 });
    const images = await lab.call('dataset.images', { datasetId, offset: 10, limit: 5 });
    expect(images.map(({ name, position, score }) => [name, position, score])).toEqual([
      ['10.png', 10, 10.5],
      ['11.png', 11, 11.5],
    ]);
    const report = await lab.call('dataset.report', { id: datasetId });
    expect(report.imported).toBe(12);
    expect(report.problems.map((problem) => [problem.name, problem.kind])).toEqual([
      ['gone.png', 'unmatched-label'],
      ['../../etc/passwd', 'outside-root'],
    ]);
  });

  it('tells how far the import is', async () => {
    const { lab, folder } = await importedFolder();
    const seen: number[] = [];
    lab.on('import.progress', ({ done, phase }) => {
      if (phase === 'Reading pictures') seen.push(done);
    });
    const { importer, mapping } = await lab.call('dataset.preview', { path: folder });
    await lab.call('dataset.import', { path: folder, name: 'again', importer, mapping });
    expect(seen.at(-1)).toBe(12);
  });

  it('that is deleted is out of the list and comes back', async () => {
    const { lab, datasetId } = await importedFolder();
    await lab.call('dataset.delete', { id: datasetId });
    expect(await lab.call('dataset.list', {})).toEqual([]);
    await lab.call('dataset.restore', { id: datasetId });
    expect(await lab.call('dataset.list', {})).toHaveLength(1);
  });

  it('whose label file lacks the column asked for is refused by name', async () => {
    const { lab, folder } = await importedFolder();
    const { importer, mapping } = await lab.call('dataset.preview', { path: folder });
    const wrong = mapping && { ...mapping, score: 'quality' };
    const refused = lab.call('dataset.import', {
      path: folder,
      name: 'x',
      importer,
      mapping: wrong,
    });
    await expect(refused).rejects.toMatchObject({ kind: 'bad-input' });
    await expect(refused).rejects.toThrow(/quality/);
    expect(await lab.call('dataset.list', {})).toHaveLength(1);
  });
});

describe('a split', () => {
  it('is stored with its members, its scale and a hash of its content', async () => {
    const { lab, datasetId } = await importedFolder();
    const asked = { datasetId, name: 'first', spec, repeats: 1 };
    const [split] = await lab.call('split.create', asked);
    if (!split) throw new Error('one repeat makes one split');
    expect(split.counts).toEqual({ train: 7, validation: 2, test: 3 });
    const members = await lab.call('split.members', { id: split.id });
    const all = [...members.train, ...members.validation, ...members.test];
    expect(new Set(all).size).toBe(12);
    const images = await lab.call('dataset.images', { datasetId, offset: 0, limit: 20 });
    const inTraining = images.filter(({ id }) => !members.test.includes(id)).map((i) => i.score);
    expect([split.scoreMin, split.scoreMax]).toEqual([
      Math.min(...inTraining),
      Math.max(...inTraining),
    ]);
    const [same] = await lab.call('split.create', { ...asked, name: 'second' });
    expect(same?.contentHash).toBe(split.contentHash);
    expect(same?.spec).toEqual(spec);
  });

  it('is repeated with seeds counted up', async () => {
    const { lab, datasetId } = await importedFolder();
    const made = await lab.call('split.create', { datasetId, name: 'k', spec, repeats: 3 });
    expect(made.map((split) => [split.name, split.spec.seed])).toEqual([
      ['k, repeat 1', 5],
      ['k, repeat 2', 6],
      ['k, repeat 3', 7],
    ]);
    expect(new Set(made.map((split) => split.contentHash)).size).toBe(3);
  });

  it('is read from an index file', async () => {
    const { lab, datasetId, folder } = await importedFolder();
    const path = join(folder, 'split.json');
    writeFileSync(path, JSON.stringify({ train: [0, 1, 2, 3, 11], test: [4, 5] }));
    const { train, test, source } = await lab.call('split.readIndexFile', { datasetId, path });
    const imported = {
      method: 'imported' as const,
      train,
      test,
      source,
      seed: 1,
      validationShare: 0,
    };
    const asked = { datasetId, name: 'paper', spec: imported, repeats: 1 };
    const [split] = await lab.call('split.create', asked);
    expect(split?.counts).toEqual({ train: 5, validation: 0, test: 2 });
    expect([split?.scoreMin, split?.scoreMax]).toEqual([0.5, 11.5]);
    expect(split?.notes).toEqual(['5 images of the data set are on no side.']);
  });

  it('with the same file on two sides is refused and not stored', async () => {
    const folder = temporaryFolder();
    const data = new Uint8Array(32 * 32 * 3).map((_, i) => (i * 31) % 256);
    const png = await encodePng({ width: 32, height: 32, data });
    for (const name of ['a.png', 'b.png']) writeFileSync(join(folder, name), png);
    writeFileSync(join(folder, 'mos.csv'), 'image,mos\na.png,1\nb.png,2\n');
    const lab = await openTestLab({ workspaceDir: join(temporaryFolder(), 'workspace') });
    const { importer, mapping } = await lab.call('dataset.preview', { path: folder });
    const { datasetId } = await lab.call('dataset.import', {
      path: folder,
      name: 'x',
      importer,
      mapping,
    });
    const imported = {
      method: 'imported' as const,
      train: [0],
      test: [1],
      source: 'mine',
      seed: 1,
      validationShare: 0,
    };
    const refused = lab.call('split.create', { datasetId, name: 'x', spec: imported, repeats: 1 });
    await expect(refused).rejects.toMatchObject({ kind: 'leakage' });
    expect(await lab.call('split.list', { datasetId })).toEqual([]);
  });

  it('that no run uses can be deleted', async () => {
    const { lab, datasetId } = await importedFolder();
    const [split] = await lab.call('split.create', { datasetId, name: 'x', spec, repeats: 1 });
    await lab.call('split.delete', { id: split?.id ?? 0 });
    expect(await lab.call('split.list', { datasetId })).toEqual([]);
  });
});
