import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { ImageIndex, indexImages } from '../../../src/main/datasets/image-index';
import { useTempDir } from '../../helpers/temp-dir';

const temp = useTempDir();
const index = new ImageIndex([
  'Images/1.bmp',
  'Images/2.JPG',
  'Images/sub/deep.png',
  'Images/Äpfel.png',
  'other/twice.png',
  'more/twice.png',
  'refs/1.bmp',
]);
const find = (name: string) => index.find(name, ['Images']);

describe('ImageIndex', () => {
  it('finds a name as written, first in the expected folder, with or without its folder', () => {
    expect(find('1.bmp')).toEqual({ relPath: 'Images/1.bmp', bent: null });
    expect(find('refs/1.bmp')).toEqual({ relPath: 'refs/1.bmp', bent: null });
    expect(find('Images\\sub\\deep.png')).toEqual({ relPath: 'Images/sub/deep.png', bent: null });
    expect(find(' ./sub/../1.bmp ')).toEqual({ relPath: 'Images/1.bmp', bent: null });
  });

  it('bends case, Unicode form, extension and folder, and says which', () => {
    expect(find('2.jpg')).toEqual({ relPath: 'Images/2.JPG', bent: 'spelling' });
    expect(find('A\u0308pfel.PNG')).toEqual({ relPath: 'Images/Äpfel.png', bent: 'spelling' });
    expect(find('1.png')).toEqual({ relPath: 'Images/1.bmp', bent: 'extension' });
    expect(find('2')).toEqual({ relPath: 'Images/2.JPG', bent: 'extension' });
    expect(find('deep.png')).toEqual({ relPath: 'Images/sub/deep.png', bent: 'folder' });
  });

  it('takes a name that could mean two pictures for none', () => {
    expect(find('twice.png')).toEqual({
      problem: 'unmatched-label',
      reason: 'it could mean 2 pictures: "other/twice.png", "more/twice.png"',
    });
    expect(find('nowhere.png')).toMatchObject({ problem: 'unmatched-label' });
  });

  it.each([
    '../../etc/passwd',
    '..\\..\\etc\\passwd',
    '/etc/passwd',
    'C:\\Windows\\win.ini',
    'sub/../../x.png',
    '\\\\server\\share\\x.png',
    'a\0.png',
    '..',
  ])('never leaves the folder for %j', (name) => {
    expect(find(name)).toMatchObject({ problem: 'outside-root' });
  });
});

describe('indexImages', () => {
  it('lists pictures by extension, without hidden folders and without following linked ones', async () => {
    await mkdir(temp('root/sub'), { recursive: true });
    await mkdir(temp('root/.cache'));
    await mkdir(temp('outside'));
    for (const name of ['root/b.PNG', 'root/sub/a.jpeg', 'root/.cache/x.png', 'outside/y.png']) {
      await writeFile(temp(name), '');
    }
    await writeFile(temp('root/labels.csv'), '');
    await symlink(temp('outside'), temp('root/link'));
    expect((await indexImages(temp('root'))).paths).toEqual(['b.PNG', 'sub/a.jpeg']);
  });

  it('says that a folder is missing', async () => {
    await expect(indexImages(temp('nowhere'))).rejects.toMatchObject({ kind: 'missing-file' });
  });
});
