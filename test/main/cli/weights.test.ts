import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { fakeWorker } from '../../helpers/fake-worker';
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
    lab: () => openTestLab({ transport: fakeWorker().transport, shell: 'cli' }),
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
