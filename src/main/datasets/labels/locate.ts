import { readdir, stat } from 'node:fs/promises';
import { dirname, extname, join, relative } from 'node:path';
import { LabError } from '@shared/errors';
import { folderOf, indexImages, type ImageIndex } from '../image-index';
import { guessMapping } from './mapping';
import { readTable, tableExtensions, type LabelTable } from './read-table';

/** A label file together with the folder that holds its pictures. */
export interface Located {
  readonly root: string;
  readonly labelFile: string;
  readonly table: LabelTable;
  readonly index: ImageIndex;
  /** Folder of the pictures below the root, with forward slashes; "" is the root itself. */
  readonly imageFolder: string;
  /** Of the sampled rows, how many name a picture that exists. */
  readonly matched: number;
  readonly notes: readonly string[];
}

const SAMPLE_ROWS = 200;
/** A folder of data sets may hold many text files; only this many are opened to look for labels. */
const MAX_CANDIDATES = 20;

/** True for a file name that may belong to a label table. */
export function isTableName(name: string): boolean {
  const extension = extname(name).toLowerCase();
  return !name.startsWith('~$') && tableExtensions.some((known) => known === extension);
}

/** True if `path` is a folder; false for a file or nothing. */
export async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null))?.isDirectory() ?? false;
}

/** Label tables in a folder and its direct subfolders, nearest first; an unreadable subfolder has none. */
export async function listTables(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const here = entries.filter((entry) => entry.isFile() && isTableName(entry.name));
  const below = await Promise.all(
    entries
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
      .map(async (entry) => {
        const children = await readdir(join(folder, entry.name), { withFileTypes: true }).catch(
          () => [],
        );
        return children
          .filter((child) => child.isFile() && isTableName(child.name))
          .map((child) => join(folder, entry.name, child.name));
      }),
  );
  return [...here.map((entry) => join(folder, entry.name)).sort(), ...below.flat().sort()];
}

/**
 * Finds the label table that a person means by a folder or a file: of several, the one whose names match most pictures.
 *
 * @throws LabError `missing-file` if there is none; or whatever reading the only candidate throws
 */
export async function locateLabels(path: string): Promise<Located> {
  if (!(await isFolder(path))) return locateFile(path);
  const candidates = (await listTables(path)).slice(0, MAX_CANDIDATES);
  const index = await indexImages(path);
  const located: Located[] = [];
  let failure: unknown;
  for (const labelFile of candidates) {
    try {
      located.push(match(path, labelFile, await readTable(labelFile), index));
    } catch (error) {
      if (!(error instanceof LabError)) throw error;
      failure ??= error;
    }
  }
  const [best, ...others] = located
    .filter(({ table }) => guessMapping(table) !== null)
    .sort((a, b) => b.matched - a.matched);
  if (best) {
    const also = others.filter(({ matched }) => matched > 0).map(({ labelFile }) => labelFile);
    const names = also.map((file) => relative(path, file)).join(', ');
    const note = `Other label files were found: ${names}. Choose the file itself to use one of them.`;
    return also.length === 0 ? best : { ...best, notes: [...best.notes, note] };
  }
  if (candidates.length === 1 && failure instanceof LabError) throw failure;
  if (located[0]) return located[0];
  throw new LabError({
    kind: 'missing-file',
    message: `No label file was found in "${path}" or the folders directly in it.`,
    safe: 'Nothing was imported.',
    next: 'Choose a folder that holds a CSV, TSV, TXT or XLSX file with one row per picture, or choose that file itself.',
  });
}

/** Pictures beside the label file, or, where none of its names is there, beside its folder. */
async function locateFile(labelFile: string): Promise<Located> {
  const table = await readTable(labelFile);
  const folder = dirname(labelFile);
  const here = match(folder, labelFile, table, await indexImages(folder));
  if (here.matched > 0) return here;
  const parent = dirname(folder);
  const siblings = await readdir(parent).catch(() => []);
  // A file right below a home folder or a disk is no reason to search all of it.
  if (siblings.length > 50) return here;
  const wider = match(parent, labelFile, table, await indexImages(parent));
  return wider.matched > 0 ? wider : here;
}

function match(root: string, labelFile: string, table: LabelTable, index: ImageIndex): Located {
  const mapping = guessMapping(table);
  const at = mapping ? table.columns.indexOf(mapping.image) : -1;
  const folders = new Map<string, number>();
  let matched = 0;
  for (const row of at < 0 ? [] : table.rows.slice(0, SAMPLE_ROWS)) {
    const found = index.find(row[at] ?? '', ['']);
    if (!('relPath' in found)) continue;
    matched++;
    const folder = folderOf(found.relPath);
    folders.set(folder, (folders.get(folder) ?? 0) + 1);
  }
  const [imageFolder = ''] = [...folders].sort((a, b) => b[1] - a[1])[0] ?? [];
  return { root, labelFile, table, index, imageFolder, matched, notes: table.notes };
}
