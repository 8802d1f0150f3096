import { writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { readIndexFile } from '../../../src/main/datasets/read-index-file';
import { useTempDir } from '../../helpers/temp-dir';

const temp = useTempDir();
const images = Array.from({ length: 10 }, (_, position) => ({
  position,
  name: `p${position}.png`,
}));

async function indexOf(name: string, content: string | Uint8Array) {
  await writeFile(temp(name), content);
  return readIndexFile(temp(name), images);
}

describe('readIndexFile', () => {
  it('reads train and test lists from JSON, whatever else is in it', async () => {
    const index = await indexOf('a.json', '{"note": "x", "train": [3, 1], "test": [0]}');
    expect(index).toEqual({ train: [3, 1], test: [0], source: 'a.json' });
  });

  it('reads two lists, or one order of which four fifths are for training', async () => {
    expect(await indexOf('b.json', '[[3, 1], [0]]')).toMatchObject({ train: [3, 1], test: [0] });
    const order = [9, 8, 7, 6, 5, 4, 3, 2, 1, 0];
    expect(await indexOf('c.json', JSON.stringify(order))).toEqual({
      train: order.slice(0, 8),
      test: [1, 0],
      source: 'c.json',
    });
  });

  it('rounds four fifths as the released loaders do', async () => {
    const order = Array.from({ length: 1162 }, (_, i) => i);
    const index = await indexOf('d.json', JSON.stringify(order));
    // round(0.8 * 1162) = round(929.6)
    expect(index.train).toHaveLength(930);
  });

  it('reads a pickled list', async () => {
    // pickle.dumps([4, 0, 1, 2, 3], protocol=3) of CPython 3.11
    const index = await indexOf(
      'e.pkl',
      Buffer.from('80035d7100284b044b004b014b024b03652e', 'hex'),
    );
    expect(index).toMatchObject({ train: [4, 0, 1, 2], test: [3] });
  });

  it('reads a table of names or positions with a column of sides; validation counts as training', async () => {
    const byName = 'image,set\np3.png,training\np1.png,validation\np0.png,test\n';
    expect(await indexOf('f.csv', byName)).toMatchObject({ train: [3, 1], test: [0] });
    const byPosition = 'side;index\ntrain;3\ntest;0\n';
    expect(await indexOf('g.csv', byPosition)).toMatchObject({ train: [3], test: [0] });
  });

  it('reads a text of one position per line', async () => {
    expect(await indexOf('h.txt', '4\n3\n2\n1\n0\n')).toMatchObject({
      train: [4, 3, 2, 1],
      test: [0],
    });
  });

  it('refuses what is no index file, each in its own words', async () => {
    await expect(indexOf('i.json', '{')).rejects.toThrow(/is not valid JSON/);
    await expect(indexOf('j.json', '{"train": [1]}')).rejects.toThrow(/neither train and test/);
    await expect(indexOf('k.json', '[1, 2, 3]')).rejects.toThrow(/counts from 1 to 3/);
    await expect(indexOf('l.json', '[0, 0, 5]')).rejects.toThrow(/no order of 0 to 2/);
    await expect(indexOf('m.json', '[0, 1.5]')).rejects.toThrow(/neither one list/);
    await expect(indexOf('n.csv', 'image,set\nzebra.png,train\n')).rejects.toThrow(
      /names "zebra.png", which the data set does not have/,
    );
    await expect(indexOf('o.csv', 'image,set\np1.png,left\n')).rejects.toThrow(
      /no column whose every cell says train or test \(image, set\)/,
    );
    await expect(readIndexFile(temp('nowhere.json'), images)).rejects.toMatchObject({
      kind: 'missing-file',
    });
  });
});
