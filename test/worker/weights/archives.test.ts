import { zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { writeZip } from '../../../src/worker/weights/zip-writer';
import { fixture, latin1, read, sentence } from './lying-files';

describe('archives', () => {
  const weights = fixture('legacy.pth');

  it('a file that unpacks to a thousand times its size is refused', async () => {
    const bomb = zipSync({ 'a.pth': [new Uint8Array(30_000_000), { level: 9 }] });
    expect(bomb.length).toBeLessThan(60_000);
    expect(await sentence(bomb)).toMatch(
      /"a.pth", which claims to unpack from \d+ to 30000000 bytes/,
    );
  });

  it('a file that unpacks to more than it says is refused', async () => {
    const zip = zipSync({ 'a.pth': [new Uint8Array(100_000), { level: 9 }] });
    const view = new DataView(zip.buffer, zip.byteOffset, zip.length);
    for (let at = 0; at + 4 <= zip.length; at++) {
      if (view.getUint32(at, true) === 100_000) view.setUint32(at, 99_999, true);
    }
    expect(await sentence(zip)).toMatch(/"a.pth" in it unpacks to more than it says/);
  });

  it.each([
    '../a.pth',
    '/a.pth',
    'a/../../b.pth',
    'C:/a.pth',
    'a\\..\\b.pth',
    'a//b.pth',
    './a.pth',
  ])('the name %s, which leads out of the archive, is refused', async (name) => {
    const zip = writeZip([{ name, bytes: weights }], 1);
    expect(await sentence(zip)).toContain(`holds a file whose name "${name}" leads out of`);
  });

  it('two files of one name, and files that overlap, are refused', async () => {
    const part = { name: 'a.pth', bytes: weights };
    expect(await sentence(writeZip([part, part], 1))).toMatch(/holds two files called "a.pth"/);
    const zip = writeZip([part, { ...part, name: 'b.pth' }], 1);
    const view = new DataView(zip.buffer);
    const directory = view.getUint32(zip.length - 6, true);
    // The second file now begins where the first does.
    view.setUint32(directory + 46 + 5 + 42, 0, true);
    expect(await sentence(zip)).toMatch(/"b.pth" overlaps another file in it/);
  });

  it('an archive with several weights files asks which, an archive without any says so', async () => {
    const several = zipSync({ 'a.pth': weights, 'b/c.pt': weights, 'readme.txt': latin1('hello') });
    await expect(read(several)).rejects.toMatchObject({
      kind: 'bad-input',
      message: 'the weights file "x.pt" holds 2: a.pth, b/c.pt',
      details: { entries: ['a.pth', 'b/c.pt'] },
    });
    expect(await sentence(zipSync({ 'readme.txt': latin1('hello') }))).toMatch(
      /holds no weights file/,
    );
  });

  it('an archive in an archive, a password and an unknown packing are refused', async () => {
    const inner = zipSync({ 'a.pth': weights });
    expect(await sentence(zipSync({ 'inner.pth': inner }))).toMatch(/an archive in an archive/);
    const zip = writeZip([{ name: 'a.pth', bytes: weights }], 1);
    const view = new DataView(zip.buffer);
    const directory = view.getUint32(zip.length - 6, true);
    view.setUint16(directory + 8, 1, true);
    expect(await sentence(zip)).toMatch(/under a password/);
    view.setUint16(directory + 8, 0, true);
    view.setUint16(directory + 10, 12, true);
    expect(await sentence(zip)).toMatch(/packed in way 12/);
  });
});
