import { readdir } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { pictureExtensions } from '@imaging/format';
import { LabError } from '@shared/errors';

/** How far below the root pictures are looked for, and how many files a scan may meet. */
const MAX_DEPTH = 5;
const MAX_FILES = 500_000;

/** A picture found for a name in a label file. */
export interface Found {
  /** Below the root, with forward slashes. */
  readonly relPath: string;
  /** How the name had to be bent to fit; null if it fits as it is. */
  readonly bent: 'spelling' | 'folder' | 'extension' | null;
}

export type Lookup =
  Found | { readonly problem: 'outside-root' | 'unmatched-label'; readonly reason: string };

/** Upper and lower case, and the two Unicode spellings of "ä", count as one. */
const fold = (name: string): string => name.normalize('NFC').toLowerCase();
const baseOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
export const folderOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')));
const stemOf = (path: string): string => path.slice(0, path.length - extname(path).length);

/** The pictures below a folder, found by the names that label files use for them. */
export class ImageIndex {
  /** Every picture below the root, with forward slashes, sorted. */
  readonly paths: readonly string[];
  readonly #exact: ReadonlySet<string>;
  readonly #folded: ReadonlyMap<string, readonly string[]>;
  readonly #byBase: ReadonlyMap<string, readonly string[]>;
  readonly #byStem: ReadonlyMap<string, readonly string[]>;

  constructor(paths: readonly string[]) {
    this.paths = paths;
    this.#exact = new Set(paths);
    this.#folded = groupBy(paths, fold);
    this.#byBase = groupBy(paths, (path) => fold(baseOf(path)));
    this.#byStem = groupBy(paths, (path) => fold(stemOf(path)));
  }

  /**
   * The picture that a label file means by `name`. Tried in this order: the path as written below each of `folders`,
   * the same in another spelling (case, Unicode form), the same with another picture extension, and a picture of that
   * name in any one folder. A name that could mean two pictures means none.
   */
  find(name: string, folders: readonly string[]): Lookup {
    const clean = cleanName(name);
    if (clean === null) {
      return {
        problem: 'outside-root',
        reason: 'the name leads out of the data set folder; it was not opened',
      };
    }
    const candidates = [...new Set([...folders, ''])].map((folder) =>
      folder === '' ? clean : `${folder}/${clean}`,
    );
    for (const path of candidates) if (this.#exact.has(path)) return { relPath: path, bent: null };
    const steps = [
      ['spelling', this.#folded, candidates.map(fold)],
      ['extension', this.#byStem, candidates.map((path) => fold(withoutPictureExtension(path)))],
      ['folder', this.#byBase, [fold(baseOf(clean))]],
    ] as const;
    for (const [bent, map, keys] of steps) {
      for (const key of keys) {
        const found = map.get(key) ?? [];
        if (found[0] !== undefined && found.length === 1) return { relPath: found[0], bent };
        if (found.length > 1) {
          const shown = found.slice(0, 3).join('", "');
          return {
            problem: 'unmatched-label',
            reason: `it could mean ${found.length} pictures: "${shown}"`,
          };
        }
      }
    }
    return { problem: 'unmatched-label', reason: 'no picture of this name was found' };
  }
}

/** Only picture extensions are cut off, so that "1600.AWGN.1" is a whole name. */
function withoutPictureExtension(path: string): string {
  const extension = extname(path).toLowerCase();
  return pictureExtensions.some((known) => known === extension) ? stemOf(path) : path;
}

/** A relative path with forward slashes, or null if it is absolute or climbs out. */
function cleanName(name: string): string | null {
  const slashed = name.trim().replaceAll('\\', '/');
  if (
    slashed === '' ||
    slashed.startsWith('/') ||
    /^[a-z]:/i.test(slashed) ||
    slashed.includes('\0')
  )
    return null;
  const parts: string[] = [];
  for (const part of slashed.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined) return null;
  }
  return parts.length === 0 ? null : parts.join('/');
}

function groupBy(
  paths: readonly string[],
  key: (path: string) => string,
): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, string[]>();
  for (const path of paths) {
    const value = key(path);
    const group = groups.get(value);
    if (group) group.push(path);
    else groups.set(value, [path]);
  }
  return groups;
}

/**
 * Lists the pictures below a folder, by extension; hidden folders are passed over and linked folders not followed.
 *
 * @throws LabError `missing-file`, `unreadable-file`, or `bad-input` where the folder holds implausibly many files
 */
export async function indexImages(root: string): Promise<ImageIndex> {
  const paths: string[] = [];
  let met = 0;
  const visit = async (folder: string, depth: number): Promise<void> => {
    for (const entry of await list(join(root, folder), root)) {
      if (entry.name.startsWith('.')) continue;
      if (++met > MAX_FILES) throw tooMany(root);
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) {
        if (depth < MAX_DEPTH) await visit(path, depth + 1);
      } else if (pictureExtensions.some((known) => known === extname(entry.name).toLowerCase())) {
        paths.push(path);
      }
    }
  };
  await visit('', 0);
  return new ImageIndex(paths.sort());
}

async function list(folder: string, root: string) {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    throw new LabError(
      {
        kind: folder === root ? 'missing-file' : 'unreadable-file',
        message: `The folder "${folder}" could not be listed.`,
        safe: 'Nothing was imported.',
        next: 'Check that the folder exists and that you may read it.',
      },
      { cause: error },
    );
  }
}

function tooMany(root: string): LabError {
  return new LabError({
    kind: 'bad-input',
    message: `The folder "${root}" holds more than ${MAX_FILES} files, which is no single data set.`,
    safe: 'Nothing was imported.',
    next: 'Choose the folder of one data set.',
  });
}
