import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Lab, LabOptions } from '../../../src/main/lab';
import type { StoredWeights } from '../../../src/shared/domain/weights';
import { must } from '../../../src/shared/errors';
import { openTestLab, temporaryFolder } from '../../helpers/workspace';

const scnn = 'weights trunk scnn';
const sha = (text: string): string => createHash('sha256').update(text).digest('hex');

interface Setting {
  readonly lab: Lab;
  /** Where a person has their files. */
  readonly folder: string;
  /** Where the workspace keeps them. */
  readonly kept: string;
  readonly file: (name: string, text: string) => string;
}

async function setting(options: Partial<LabOptions> = {}): Promise<Setting> {
  const folder = temporaryFolder();
  const workspaceDir = join(temporaryFolder(), 'workspace');
  const lab = await openTestLab({ workspaceDir, ...options });
  return {
    lab,
    folder,
    kept: join(workspaceDir, 'artifacts', 'weights'),
    file: (name, text) => {
      const path = join(folder, name);
      writeFileSync(path, text);
      return path;
    },
  };
}

async function listed(lab: Lab, entryId: string): Promise<StoredWeights[]> {
  const { entries } = await lab.call('weights.list', {});
  return must(
    entries.find(({ entry }) => entry.id === entryId),
    entryId,
  ).files;
}

const keptFiles = (kept: string): string[] => (existsSync(kept) ? readdirSync(kept) : []);

describe('adding a weight file', () => {
  it('copies it under its checksum, read-only, and lists it with what it is', async () => {
    const { lab, kept, file } = await setting();
    const [outcome] = await lab.call('weights.add', { path: file('scnn.pkl', scnn) });
    expect(outcome).toMatchObject({
      outcome: 'added',
      reason: null,
      weights: { sha256: sha(scnn), fileName: 'scnn.pkl', entryId: 'scnn', published: false },
    });
    expect(keptFiles(kept)).toEqual([sha(scnn)]);
    const copy = join(kept, sha(scnn));
    expect(readFileSync(copy, 'utf8')).toBe(scnn);
    expect(statSync(copy).mode & 0o222).toBe(0);
    expect(await listed(lab, 'scnn')).toHaveLength(1);
  });

  it('of the same content under another name keeps one', async () => {
    const { lab, kept, file } = await setting();
    await lab.call('weights.add', { path: file('scnn.pkl', scnn) });
    const [again] = await lab.call('weights.add', { path: file('copy.pkl', scnn) });
    expect(again).toMatchObject({ outcome: 'present', weights: { fileName: 'scnn.pkl' } });
    expect(keptFiles(kept)).toHaveLength(1);
  });

  it('that fits nothing refuses it with a reason and keeps nothing', async () => {
    const { lab, kept, file } = await setting();
    const path = file('notes.pkl', 'a pickle of something else');
    const [outcome] = await lab.call('weights.add', { path });
    expect(outcome).toEqual({
      path,
      outcome: 'refused',
      weights: null,
      reason: `${path} fits no model the lab knows`,
      next: 'Choose another file.',
    });
    expect(keptFiles(kept)).toEqual([]);
  });

  it('from a folder takes every weight file in it, and a bad one does not stop the others', async () => {
    const { lab, folder, file } = await setting();
    file('a.pth', 'weights trunk resnet50');
    file('b.pkl', 'not weights');
    file('readme.md', 'weights trunk vgg16');
    mkdirSync(join(folder, 'deeper'));
    file('deeper/c.safetensors', 'weights model maniqa');
    symlinkSync(folder, join(folder, 'deeper', 'loop.pth'));
    const outcomes = await lab.call('weights.add', { path: folder });
    expect(outcomes.map(({ path, outcome }) => [path.slice(folder.length + 1), outcome])).toEqual([
      ['a.pth', 'added'],
      ['b.pkl', 'refused'],
      ['deeper/c.safetensors', 'added'],
    ]);
  });

  it('tells how far the copy is', async () => {
    const { lab, file } = await setting();
    const seen: unknown[] = [];
    lab.on('weights.progress', (progress) => seen.push(progress));
    await lab.call('weights.add', { path: file('scnn.pkl', scnn) });
    expect(seen.at(-1)).toEqual({ done: 18, total: 18, phase: 'copying scnn.pkl' });
  });

  it('is refused where the disk has no room for it', async () => {
    const { lab, kept, file } = await setting({ freeBytes: () => Promise.resolve(100e6) });
    const adding = lab.call('weights.add', { path: file('scnn.pkl', scnn) });
    await expect(adding).rejects.toMatchObject({ kind: 'disk-full' });
    expect(keptFiles(kept)).toEqual([]);
  });

  it.each([
    ['a path that is not there', '/nowhere/at/all.pth', { kind: 'not-found' }],
    ['a relative path', 'scnn.pkl', { kind: 'bad-input' }],
  ])('refuses %s', async (_what, path, error) => {
    const { lab } = await setting();
    await expect(lab.call('weights.add', { path })).rejects.toMatchObject(error);
  });

  it('from a folder without any says so', async () => {
    const { lab, folder } = await setting();
    await expect(lab.call('weights.add', { path: folder })).rejects.toMatchObject({
      kind: 'bad-input',
      message: expect.stringContaining('holds no weight file') as string,
    });
  });
});

describe('a weight file that is removed', () => {
  it('leaves the list, stays in the bin, and comes back', async () => {
    const { lab, kept, file } = await setting();
    await lab.call('weights.add', { path: file('scnn.pkl', scnn) });
    await lab.call('weights.remove', { sha256: sha(scnn) });
    expect(await listed(lab, 'scnn')).toEqual([]);
    expect(keptFiles(kept)).toHaveLength(1);
    await lab.call('weights.restore', { sha256: sha(scnn) });
    expect(await listed(lab, 'scnn')).toHaveLength(1);
  });

  it('comes back also by being added again', async () => {
    const { lab, file } = await setting();
    const path = file('scnn.pkl', scnn);
    await lab.call('weights.add', { path });
    await lab.call('weights.remove', { sha256: sha(scnn) });
    const [again] = await lab.call('weights.add', { path });
    expect(again?.outcome).toBe('added');
    expect(await listed(lab, 'scnn')).toHaveLength(1);
  });

  it('that was never there is named', async () => {
    const { lab } = await setting();
    await expect(lab.call('weights.remove', { sha256: sha('x') })).rejects.toMatchObject({
      kind: 'not-found',
    });
  });
});

describe('the list of weights', () => {
  it('is there without a workspace, everything missing', async () => {
    const lab = await openTestLab();
    const { entries, others } = await lab.call('weights.list', {});
    expect(entries.length).toBeGreaterThan(10);
    expect(entries.every(({ files }) => files.length === 0)).toBe(true);
    expect(others).toEqual([]);
  });

  it('puts a file that is no published one under the others', async () => {
    const { lab, file } = await setting();
    await lab.call('weights.add', { path: file('mine.pth', 'weights model hyperiqa') });
    const { others } = await lab.call('weights.list', {});
    expect(others).toMatchObject([{ fileName: 'mine.pth', entryId: null }]);
  });
});
