import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { replaceFile } from '../../../src/main/workspace/replace-file';
import { temporaryFolder } from '../../helpers/workspace';

it('several who put one file in place at once all succeed, and one of them stays whole', async () => {
  const folder = temporaryFolder();
  const path = join(folder, 'table.recipe.json');
  const texts = ['a', 'bb', 'ccc', 'dddd'].map((text) => text.repeat(10_000));
  await Promise.all(texts.map((text) => replaceFile(path, Buffer.from(text))));
  expect(texts).toContain(readFileSync(path, 'utf8'));
  expect(readdirSync(folder)).toEqual(['table.recipe.json']);
});
