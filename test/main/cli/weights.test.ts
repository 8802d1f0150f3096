import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { fakeWorker } from '../../helpers/fake-worker';
import { withPretrained } from '../../helpers/pretrained';
import { openTestLab, seedWorkspace, temporaryFolder } from '../../helpers/workspace';
import { type, type Typed } from './console';

let path: string;
let folder: string;

beforeEach(() => {
  path = seedWorkspace().path;
  folder = temporaryFolder();
});

async function verb(...words: string[]): Promise<Typed> {
  return await type([...words, '--workspace', path], {
    cwd: folder,
    lab: () =>
      openTestLab({ transport: fakeWorker({ alter: withPretrained }).transport, shell: 'cli' }),
  });
}

const put = (name: string, text: string): void => writeFileSync(join(folder, name), text);

describe('iqalab weights', () => {
  it('lists what there is to have, adds a file, and removes it again', async () => {
    expect((await verb('weights')).out).toMatch(/^scnn +missing +2\.6 MB +SCNN/m);
    put('scnn.pkl', 'weights trunk scnn');
    const added = await verb('weights', 'add', 'scnn.pkl');
    expect(added.code, added.notes).toBe(0);
    expect(added.out).toMatch(/^Stored scnn\.pkl: trunk scnn, 2 tensors, SHA-256 [0-9a-f]{12}$/);
    expect((await verb('weights')).out).toMatch(/^scnn +present +[0-9a-f]{12} /m);
    expect((await verb('weights', 'remove', 'scnn')).out).toMatch(/^Removed scnn\.pkl/);
    expect((await verb('weights')).out).toMatch(/^scnn +missing/m);
  });

  it('tells where a missing file is published', async () => {
    const { out } = await verb('weights', 'show', 'scnn');
    expect(out).toMatch(/^where +zwx8981\/DBCNN-PyTorch/m);
    expect(out).toMatch(/^licence +MIT$/m);
  });

  it('goes on behind a file it refuses, and fails only where it added none', async () => {
    put('a.pth', 'nothing known');
    put('b.pth', 'weights trunk vgg16');
    const both = await verb('weights', 'add', 'a.pth', 'b.pth');
    expect(both.code).toBe(0);
    expect(both.out).toMatch(/^Refused .*a\.pth: .* fits no model/m);
    expect(both.out).toMatch(/^Stored b\.pth/m);
    const none = await verb('weights', 'add', 'a.pth');
    expect(none.code).toBe(1);
    expect(none.notes).toContain('Error: the file was not added');
  });

  it('asks for a checksum where a name fits two files', async () => {
    put('a.pth', 'weights trunk resnet50 first');
    put('b.pth', 'weights trunk resnet50 second');
    await verb('weights', 'add', 'a.pth', 'b.pth');
    const { code, notes } = await verb('weights', 'remove', 'resnet50');
    expect(code).toBe(1);
    expect(notes).toMatch(/several weight files fit "resnet50"/);
    expect((await verb('weights', 'remove', 'a.pth')).code).toBe(0);
  });

  it('says where to get what is not there', async () => {
    const { notes } = await verb('weights', 'remove', 'hyperiqa-koniq');
    expect(notes).toContain('publish koniq_pretrained.pkl here');
  });
});

describe('iqalab train --weights', () => {
  it('must be said for a model with published weights, and is said by entry', async () => {
    const silent = await verb('train', '--model', 'dbcnn');
    expect(silent.code).toBe(1);
    expect(silent.notes).toContain('it was not said what DBCNN starts from');
    put('scnn.pkl', 'weights trunk scnn');
    put('vgg.pth', 'weights trunk vgg16');
    await verb('weights', 'add', 'scnn.pkl', 'vgg.pth');
    const words = ['train', '--model', 'dbcnn', '--weights', 'scnn', '--weights', 'vgg.pth'];
    const trained = await verb(...words);
    expect(trained.code, trained.notes).toBe(0);
    expect(trained.out).toMatch(/^Stored run 1: DBCNN/m);
  });

  it('takes "scratch", but not beside a file', async () => {
    expect((await verb('train', '--model', 'dbcnn', '--weights', 'scratch')).code).toBe(0);
    const both = ['train', '--model', 'dbcnn', '--weights', 'scratch', '--weights', 'scnn'];
    expect((await verb(...both)).notes).toContain('from scratch or from files, not both');
    const missing = await verb('train', '--model', 'dbcnn', '--weights', 'vgg16');
    expect(missing.notes).toContain('VGG-16 trained on ImageNet is not in this workspace yet');
  });
});

describe('iqalab weights use', () => {
  it('makes a run of a file without training, and export-weights writes it out again', async () => {
    put('net.pkl', 'weights model dbcnn');
    await verb('weights', 'add', 'net.pkl');
    const used = await verb('weights', 'use', 'net.pkl', '--scale', 'fitted', '--name', 'DB');
    expect(used.code, used.notes).toBe(0);
    expect(used.out).toMatch(/^Stored run 1: DB, imported, weights [0-9a-f]{12}$/);
    expect(used.notes).toContain('evaluate --run 1');
    expect((await verb('runs')).out).toContain('baseline, imported');
    const scored = await verb('evaluate', '--run', '1');
    expect(scored.code, scored.notes).toBe(0);
    expect(scored.out).toContain('base, imported');
    const written = await verb('export-weights', 'DB', '--format', 'torch', '--to', 'out.pth');
    expect(written.out).toBe(join(folder, 'out.pth'));
    const again = await verb('export-weights', '1', '--format', 'torch', '--to', 'out.pth');
    expect(again.code).toBe(1);
    expect(again.notes).toContain('there is a file at');
  });
});
