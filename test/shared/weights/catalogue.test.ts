import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { WeightEntry } from '../../../src/shared/domain/weights';
import { weightCatalogue } from '../../../src/shared/weights/catalogue';
import { matchWeights } from '../../../src/shared/weights/match';

const scnnSha = '7ea73d75539cefcf4953800a896e024ea1a3216de2392f242810b113fd940a42';

describe('the catalogue of weights', () => {
  it('has distinct ids and complete entries', () => {
    expect(new Set(weightCatalogue.map(({ id }) => id)).size).toBe(weightCatalogue.length);
    for (const entry of weightCatalogue) {
      expect(v.is(WeightEntry, entry), entry.id).toBe(true);
      expect(entry.fileNames.length, entry.id).toBeGreaterThan(0);
      expect(entry.uses.length, entry.id).toBeGreaterThan(0);
      expect(entry.licence, entry.id).not.toBe('');
    }
  });

  it('gives torchvision checksums as the file names carry them', () => {
    for (const { fileNames, sha256, id } of weightCatalogue.filter(({ page }) =>
      page.includes('torchvision'),
    )) {
      const inNames = fileNames.map((name) => /-([0-9a-f]{8})\.pth$/.exec(name)?.[1]);
      expect(inNames, id).toEqual(sha256);
    }
  });

  it('has each entry in one line of docs/weights.md, and nothing else there', () => {
    const rows = readFileSync('docs/weights.md', 'utf8')
      .split('\n')
      .filter((line) => line.startsWith('| `'));
    expect(rows.map((row) => /^\| `([^`]+)`/.exec(row)?.[1])).toEqual(
      weightCatalogue.map(({ id }) => id),
    );
    weightCatalogue.forEach(({ title, fileNames, licence, page }, index) => {
      for (const text of [title, ...fileNames, licence, page]) expect(rows[index]).toContain(text);
    });
  });
});

describe('what a file is taken for', () => {
  it('follows its checksum, whatever it is called', () => {
    expect(matchWeights({ kind: 'trunk', id: 'scnn' }, 'x.bin', scnnSha)).toEqual({
      entryId: 'scnn',
      published: true,
    });
  });

  it('follows its tensors where only one entry has them', () => {
    expect(matchWeights({ kind: 'trunk', id: 'resnet50' }, 'mine.pth', 'ab'.repeat(32))).toEqual({
      entryId: 'resnet50',
      published: false,
    });
  });

  it('follows its name where several entries have the same tensors', () => {
    const facts = { kind: 'model', id: 'maniqa' };
    const entryOf = (name: string) => matchWeights(facts, name, 'ab'.repeat(32)).entryId;
    expect(entryOf('ckpt_koniq10k.pt')).toBe('maniqa-koniq10k');
    expect(entryOf('ckpt_kadid10k.pt')).toBe('maniqa-kadid10k');
    expect(entryOf('my-own.pt')).toBeNull();
  });

  it('is no published model under another name, even where there is only one', () => {
    const facts = { kind: 'model', id: 'dbcnn' };
    const entryOf = (name: string) => matchWeights(facts, name, 'ab'.repeat(32)).entryId;
    expect(entryOf('net_params_best.pkl')).toBe('dbcnn-trained');
    expect(entryOf('epoch-0003.safetensors')).toBeNull();
  });
});
