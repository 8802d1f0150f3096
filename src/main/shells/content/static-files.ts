import { realpath, stat } from 'node:fs/promises';
import { extname, join, sep } from 'node:path';

/** Kinds of file the built page consists of; anything else is not served. */
const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ttf': 'font/ttf',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
};

export interface StaticFile {
  readonly path: string;
  readonly contentType: string;
}

/**
 * Finds a file of the built page by the path part of its address; null for anything that does not
 * exist, leaves `root` (by `..`, an absolute path or a link) or is not a kind of file a page needs.
 */
export async function findStaticFile(root: string, pathname: string): Promise<StaticFile | null> {
  const decoded = decode(pathname === '/' ? '/index.html' : pathname);
  // A backslash is a separator on Windows and never part of our file names anywhere.
  if (decoded === null || /[\0\\]/.test(decoded)) return null;
  if (decoded.split('/').some((part) => part.startsWith('.'))) return null;
  const contentType = contentTypes[extname(decoded).toLowerCase()];
  if (contentType === undefined) return null;
  const path = await resolved(join(root, decoded));
  const rootPath = await resolved(root);
  if (path === null || rootPath === null || !path.startsWith(rootPath + sep)) return null;
  return (await stat(path)).isFile() ? { path, contentType } : null;
}

function decode(pathname: string): string | null {
  try {
    return decodeURIComponent(pathname);
  } catch {
    return null; // Malformed percent-encoding names no file.
  }
}

/** Real path with links followed, or null where nothing is there. */
async function resolved(path: string): Promise<string | null> {
  try {
    return await realpath(path);
  } catch {
    return null;
  }
}
