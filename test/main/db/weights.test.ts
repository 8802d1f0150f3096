import { describe, expect, it } from 'vitest';
import { openDatabase } from '../../../src/main/db/open';
import {
  findWeights,
  insertWeights,
  listWeights,
  purgeWeights,
  setWeightsDeleted,
} from '../../../src/main/db/weights';

const facts = {
  format: 'safetensors',
  kind: 'trunk',
  id: 'scnn',
  variant: 'scnn',
  title: 'SCNN',
  tensors: 68,
  values: 643_479,
  notes: ['from "module."'],
};
const file = (name: string) => ({
  sha256: name.padEnd(64, '0'),
  fileName: `${name} ä.pkl`,
  path: `./artifacts/weights/${name}`,
  sizeBytes: 2_585_667,
  facts,
  addedAtMs: 1,
});

describe('the record of a weight file', () => {
  it('comes back as it was stored, with the entry it is taken for now', () => {
    const db = openDatabase(':memory:');
    insertWeights(db, file('a'));
    expect(listWeights(db)).toEqual([
      {
        sha256: 'a'.padEnd(64, '0'),
        fileName: 'a ä.pkl',
        sizeBytes: 2_585_667,
        facts,
        entryId: 'scnn',
        published: false,
        addedAtMs: 1,
        deletedAtMs: null,
      },
    ]);
    db.close();
  });

  it('is forgotten once it has been in the bin for long enough, and its file with it', () => {
    const db = openDatabase(':memory:');
    for (const name of ['a', 'b', 'c']) insertWeights(db, file(name));
    setWeightsDeleted(db, file('a').sha256, 100);
    setWeightsDeleted(db, file('b').sha256, 200);
    expect(purgeWeights(db, 150)).toEqual(['./artifacts/weights/a']);
    expect(findWeights(db, file('a').sha256)).toBeNull();
    expect(findWeights(db, file('b').sha256)?.weights.deletedAtMs).toBe(200);
    expect(listWeights(db).map(({ fileName }) => fileName)).toEqual(['c ä.pkl']);
    db.close();
  });
});
