import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Study } from '@shared/domain/study';
import { LabError } from '@shared/errors';
import {
  figureFormatIds,
  figureFormats,
  tableFormatIds,
  tableFormats,
} from '@shared/export-formats';
import type { Args, Bundle } from '@shared/rpc';
import { errorCode, storageError } from '../db/errors';
import { renderFigure } from '../export/figure';
import type { PictureSource } from '../export/pictures';
import { renderTable } from '../export/table';
import { makeRecipe, recipeText } from '../recipe/make';
import type { RecipeSource } from '../recipe/source';
import { contentsOf, type Contents } from './contents';
import { captionsText, documentText, readmeText, type Captioned } from './texts';

/** Checksums of every other file, in the form that `sha256sum -c` reads. */
export const sumsName = 'SHA256SUMS';

export interface BundlePlace {
  /** Folder that will hold the bundle's own. */
  readonly folder: string;
  readonly overwrite: boolean;
  readonly source: RecipeSource;
  readonly pictures: PictureSource;
  readonly onProgress: (progress: { done: number; total: number; phase: string }) => void;
}

type Wanted = Pick<Args<'export.bundle'>, 'name' | 'options' | 'size'>;

/**
 * Writes a paper bundle: every figure and table that the study has the results for, in all formats,
 * each with its recipe, and captions, a document that shows them all, an explanation and checksums.
 * It is made beside its place and put there whole; what was there stays until then. The same study
 * and options give the same bytes.
 *
 * @throws LabError `not-found` where nothing can be made, `conflict` where the place is taken,
 *   `bad-input` for a name that is none, `disk-full` or `read-only`
 */
export async function writeBundle(
  study: Study,
  { name, options, size }: Wanted,
  place: BundlePlace,
): Promise<Bundle> {
  const folder = join(place.folder, folderName(name));
  await refuseIfTaken(folder, place.overwrite);
  const contents = contentsOf(study, options);
  if (contents.figures.length + contents.tables.length === 0) {
    throw new LabError({
      kind: 'not-found',
      message: 'there is nothing to put into a bundle yet: no figure or table has its results',
      safe: 'Nothing was written.',
      next: contents.leftOut[0]?.reason ?? 'Train a pair, then attack it.',
    });
  }
  // Named as what a killed host leaves in a workspace and the next one sweeps away.
  const unfinished = join(place.folder, `.bundle-${randomUUID()}`);
  try {
    const files = await fill(unfinished, study, contents, size, place);
    await putInPlace(unfinished, folder);
    const sizeBytes = files.reduce((sum, { bytes }) => sum + bytes.length, 0);
    const { figures, tables, leftOut } = contents;
    const counts = { figures: figures.length, tables: tables.length };
    return { path: folder, files: files.length, sizeBytes, ...counts, leftOut };
  } catch (thrown) {
    await rm(unfinished, { recursive: true, force: true });
    throw storageError(thrown, folder);
  }
}

interface BundleFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

async function fill(
  root: string,
  whole: Study,
  { figures, tables, leftOut }: Contents,
  print: Wanted['size'],
  { source, pictures, onProgress }: BundlePlace,
): Promise<BundleFile[]> {
  const files: BundleFile[] = [];
  const put = async (path: string, content: Uint8Array | string): Promise<void> => {
    const bytes = typeof content === 'string' ? Buffer.from(content, 'utf8') : content;
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), bytes);
    files.push({ path, bytes });
  };
  const total = figures.length + tables.length;
  const captioned: Captioned[] = [];
  let done = 0;
  const begin = (title: string): void => onProgress({ done: done++, total, phase: title });
  for (const { def, study, without, options, stem } of figures) {
    begin(def.title);
    const size = { ...def.size, ...print };
    for (const format of figureFormatIds) {
      const bytes = await renderFigure(def, study, options, size, format, pictures);
      await put(`figures/${stem}.${figureFormats[format].extension}`, bytes);
    }
    const recipe = makeRecipe('figure', def.id, study, options, source, size);
    await put(`figures/${stem}.recipe.json`, recipeText(recipe));
    captioned.push({ ...recipe, stem, without });
  }
  for (const { def, study, without, options, stem } of tables) {
    begin(def.title);
    for (const format of tableFormatIds) {
      const bytes = renderTable(def, study, options, format);
      await put(`tables/${stem}.${tableFormats[format].extension}`, bytes);
    }
    const recipe = makeRecipe('table', def.id, study, options, source);
    await put(`tables/${stem}.recipe.json`, recipeText(recipe));
    captioned.push({ ...recipe, stem, without });
  }
  await put('captions.md', captionsText(captioned));
  await put('document.tex', documentText(captioned));
  await put('README.txt', readmeText(whole, captioned, leftOut));
  const sums = files
    .map(({ path, bytes }) => `${createHash('sha256').update(bytes).digest('hex')}  ${path}\n`)
    .join('');
  await put(sumsName, sums);
  onProgress({ done: total, total, phase: 'checksums' });
  return files;
}

/** Only an empty folder or an earlier bundle gives way, and only where that was said. */
async function refuseIfTaken(folder: string, overwrite: boolean): Promise<void> {
  const names = await namesIn(folder);
  if (names === null || names.length === 0) return;
  if (overwrite && names.includes(sumsName)) return;
  throw new LabError({
    kind: 'conflict',
    message: names.includes(sumsName)
      ? `there is a bundle in ${folder} already`
      : `${folder} holds other files`,
    safe: 'Nothing was written.',
    next: names.includes(sumsName)
      ? 'Choose another name, or say that it may be replaced.'
      : 'Choose another name or folder.',
  });
}

async function namesIn(folder: string): Promise<string[] | null> {
  try {
    return await readdir(folder);
  } catch (thrown) {
    if (errorCode(thrown) === 'ENOENT') return null;
    throw storageError(thrown, folder);
  }
}

async function putInPlace(made: string, folder: string): Promise<void> {
  const before = `${folder}.${process.pid}.before`;
  const wasThere = (await namesIn(folder)) !== null;
  if (wasThere) await rename(folder, before);
  try {
    await rename(made, folder);
  } catch (thrown) {
    if (wasThere) await rename(before, folder);
    throw thrown;
  }
  if (wasThere) await rm(before, { recursive: true, force: true });
}

/** @throws LabError `bad-input` where nothing is left of the name that a folder can be called */
function folderName(name: string): string {
  const plain = name
    .replaceAll(/[\\/:*?"<>|\p{Cc}]+/gu, '-')
    .trim()
    .replaceAll(/^\.+|\.+$/g, '')
    .slice(0, 80);
  if (plain !== '') return plain;
  throw new LabError({
    kind: 'bad-input',
    message: `"${name}" is no name for a folder`,
    safe: 'Nothing was written.',
    next: 'Use letters and digits.',
  });
}
