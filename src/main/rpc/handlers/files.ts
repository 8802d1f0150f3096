import type { Dirent } from 'node:fs';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, extname, join, resolve } from 'node:path';
import type { FolderEntry } from '@shared/rpc';
import { layoutOf } from '../../workspace/layout';
import type { NounHandlers } from '../context';

/** A folder browser is for choosing, not for reading folders of any size. */
const maxEntries = 5000;

const kindOfExtension: Readonly<Record<string, FolderEntry['kind']>> = {
  '.csv': 'labels',
  '.tsv': 'labels',
  '.txt': 'labels',
  '.xlsx': 'labels',
  '.mat': 'labels',
  '.json': 'labels',
  '.pkl': 'labels',
  '.safetensors': 'weights',
  '.pth': 'weights',
  '.pt': 'weights',
  '.ckpt': 'weights',
  '.bin': 'weights',
  '.npz': 'weights',
  '.whl': 'weights',
};
const order: readonly FolderEntry['kind'][] = ['workspace', 'folder', 'labels', 'weights', 'file'];

export const filesHandlers: NounHandlers<'files'> = {
  'files.list': (_context, { path }) => listFolder(resolve(path ?? homedir())),
  'files.pickFiles': ({ pickFiles }, { title }) => pickFiles?.(title) ?? null,
  'files.pickFolder': ({ pickFolder }, { title }) => pickFolder?.(title) ?? null,
};

function listFolder(path: string): { path: string; parent: string | null; entries: FolderEntry[] } {
  const entries = readdirSync(path, { withFileTypes: true })
    .filter((entry) => !entry.name.startsWith('.'))
    .slice(0, maxEntries)
    .map((entry): FolderEntry => {
      const full = join(path, entry.name);
      const kind = isFolder(entry, full) ? folderKind(full) : fileKind(entry.name);
      return { name: entry.name, path: full, kind };
    });
  entries.sort(
    (a, b) => order.indexOf(a.kind) - order.indexOf(b.kind) || a.name.localeCompare(b.name),
  );
  const parent = dirname(path);
  return { path, parent: parent === path ? null : parent, entries };
}

/** A link counts as what it leads to; one that leads nowhere is shown as a file. */
function isFolder(entry: Dirent, path: string): boolean {
  if (!entry.isSymbolicLink()) return entry.isDirectory();
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function folderKind(path: string): FolderEntry['kind'] {
  return existsSync(layoutOf(path).database) ? 'workspace' : 'folder';
}

function fileKind(name: string): FolderEntry['kind'] {
  return kindOfExtension[extname(name).toLowerCase()] ?? 'file';
}
