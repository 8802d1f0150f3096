import { readdirSync, statSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { LabError } from '@shared/errors';
import { storageError } from '../db/errors';

/** Endings under which weights are published; a file named on its own may have any. */
const endings: ReadonlySet<string> = new Set([
  '.pth',
  '.pt',
  '.pkl',
  '.bin',
  '.ckpt',
  '.tar',
  '.safetensors',
  '.npz',
  '.whl',
]);

/** Deep enough for an authors' repository, shallow enough for a home folder chosen by mistake. */
const maxDepth = 4;
const maxFiles = 200;

/**
 * The files a path stands for: itself, or the weight files of a folder and of those in it.
 * @throws LabError `not-found`, or `bad-input` for a folder with none or far too many
 */
export function weightCandidates(path: string): string[] {
  try {
    if (!statSync(path).isDirectory()) return [path];
  } catch (thrown) {
    throw storageError(thrown, path);
  }
  const found: string[] = [];
  collect(path, 0, found);
  if (found.length > 0) return found;
  throw new LabError({
    kind: 'bad-input',
    message: `${path} holds no weight file (${[...endings].join(', ')})`,
    safe: 'Nothing was added.',
    next: 'Choose the folder the files are in, or a file itself.',
  });
}

/** Links are not followed: a folder can then neither lead elsewhere nor into itself. */
function collect(folder: string, depth: number, found: string[]): void {
  const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) =>
    a.name < b.name ? -1 : 1,
  );
  for (const entry of entries) {
    if (entry.name.startsWith('.')) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory() && depth < maxDepth) collect(path, depth + 1, found);
    if (entry.isFile() && endings.has(extname(entry.name).toLowerCase())) found.push(path);
    if (found.length > maxFiles) throw tooMany(folder);
  }
}

function tooMany(folder: string): LabError {
  return new LabError({
    kind: 'bad-input',
    message: `${basename(folder)} and what lies beside it hold more than ${maxFiles} files that may be weights`,
    safe: 'Nothing was added.',
    next: 'Choose a smaller folder, or the files one by one.',
  });
}
